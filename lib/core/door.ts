/** The nouns of knocking: what a door is, what opens it and what opening it runs. */

import type { Address } from "./address.ts";
import type { KernelPorts } from "./firewall/kernel_ports.ts";
import type { Secret } from "./secret.ts";

/** Transport protocol of a knock. */
export type Protocol = "tcp" | "udp";

/** One port to hit. */
export interface Knock {
  /** Destination port, 1 to 65535. */
  readonly port: number;
  /** Transport protocol. */
  readonly protocol: Protocol;
}

/** The ports to hit, 1 to 32 of them. */
export type Sequence = readonly Knock[];

/**
 * Which TCP packets count. A packet does when `(its flags & mask) === value`, over the
 * flags byte of RFC 9293, 3.1. A zero mask lets every TCP packet count.
 */
export interface TcpFlags {
  /** The flags that are looked at. */
  readonly mask: number;
  /** What they have to be. */
  readonly value: number;
}

/** A command line for `/bin/sh -c`, or an argument vector to run without a shell. */
export type Command = string | readonly string[];

/** The commands for IPv4 and IPv6 knockers; nothing runs for a family without one. */
export interface Commands {
  /** Runs for an IPv4 knocker. */
  readonly ipv4?: Command;
  /** Runs for an IPv6 knocker. */
  readonly ipv6?: Command;
}

/** A sequence that never changes: a password that anyone on the path can read. */
export interface StaticKey {
  /** Tells the keys apart. */
  readonly kind: "static";
  /** The ports in their order. */
  readonly sequence: Sequence;
}

/** knockd's one-time sequences: a file of sequences, each used once (knockd(1)). */
export interface FileKey {
  /** Tells the keys apart. */
  readonly kind: "file";
  /** Absolute path of the sequence file. */
  readonly path: string;
}

/** Sequences derived from shared secrets: a rotating door. */
export interface OtpKey {
  /** Tells the keys apart. */
  readonly kind: "otp";
  /** How secrets become sequences. */
  readonly otp: OtpSettings;
  /** Who may knock; each with a secret of their own. */
  readonly clients: readonly Client[];
}

/** A knock at another machine of the fleet: nothing that is heard here opens the door. */
export interface FleetKey {
  /** Tells the keys apart. */
  readonly kind: "fleet";
  /** Label of the door that it opens with. */
  readonly follow: string;
}

/** How a rotating door derives its sequences (docs/sequence-v1.md). */
export interface OtpSettings {
  /** Ports in a sequence, 3 to 32. */
  readonly length: number;
  /** Lowest port. */
  readonly lo: number;
  /** Highest port, included. */
  readonly hi: number;
  /** Protocol of the hits; `mixed` derives one for each port. */
  readonly protocol: Protocol | "mixed";
  /** Moving factor: the clock (RFC 6238) or a counter (RFC 4226). */
  readonly mode: "totp" | "hotp";
  /** Seconds in a time step. */
  readonly period: number;
  /** Time steps accepted to either side of the current one. */
  readonly window: number;
  /** Counters accepted beyond the stored one (RFC 4226, 7.4: look-ahead). */
  readonly lookAhead: number;
  /** Whether a sequence holds for one source address only. */
  readonly bindSource: boolean;
  /** The UDP port that takes single packets too (docs/packet-v1.md). */
  readonly packet?: number;
}

/** Somebody who may knock on a rotating door. */
export interface Client {
  /** Unique within the door. */
  readonly name: string;
  /** 16 to 64 bytes shared with the client. */
  readonly secret: Secret;
}

/** A knock, what it does, and under which conditions it counts. */
export interface Door {
  /** Unique within the config, compared without regard to case in the classic format. */
  readonly name: string;
  /** The door's name in derivations; the name itself unless the config says otherwise. */
  readonly label: string;
  /** What opens it. */
  readonly key: StaticKey | FileKey | OtpKey | FleetKey;
  /** Which machines have the door together, and what a knock does when they can't be asked. */
  readonly fleet?: { readonly group: string; readonly alone: "shut" | "open" };
  /** The first and the last hit are less than this many seconds apart. */
  readonly seqTimeout: number;
  /** Which TCP packets count as hits. */
  readonly tcpFlags: TcpFlags;
  /** Count hits addressed here instead of to this host. */
  readonly target?: Address;
  /** Different foreign ports that may be hit during a knock; -1 for any number. */
  readonly tolerance: number;
  /** What the kernel opens for whoever knocked, and closes after `cmdTimeout`. */
  readonly kernel?: KernelPorts;
  /** Runs when the door opens. */
  readonly start?: Commands;
  /** Runs when the door closes; a door without one does not close by itself. */
  readonly stop?: Commands;
  /** Seconds from opening to closing. */
  readonly cmdTimeout: number;
  /** What a knock on the open door does: keeps it open, or runs the start command again. */
  readonly again: "extend" | "run";
  /** What becomes of the door when its start command fails: it closes, or the log says so. */
  readonly failedStart: "close" | "log";
  /** Doors that the knock closes for its knocker, before anything opens. */
  readonly closes: readonly string[];
  /** Addresses that it is open for at once, at most. */
  readonly maxOpen: number;
  /** Seconds in which the same source does not run the start command again. */
  readonly cooldown: number;
  /** Seconds after which a command that still runs is killed; 0 for never. */
  readonly commandTimeout: number;
  /** What becomes of an open door when the daemon exits. */
  readonly onExit: "close" | "keep";
}

/** A door whose sequences come from secrets. */
export type OtpDoor = Door & { readonly key: OtpKey };

/** Whether a door's sequences come from secrets. */
export function isOtpDoor(door: Door): door is OtpDoor {
  return door.key.kind === "otp";
}

/** Whether TCP packets may be part of a knock on a door. */
export function takesTcp({ key }: Door): boolean {
  if (key.kind === "file") return true;
  if (key.kind === "otp") return key.otp.protocol !== "udp";
  if (key.kind === "fleet") return false;
  return key.sequence.some(({ protocol }) => protocol === "tcp");
}

/** What a door runs, for either version of IP, to open and to close; each once. */
export function allCommands({ start, stop }: Door): Command[] {
  const commands = [start?.ipv4, start?.ipv6, stop?.ipv4, stop?.ipv6];
  return [...new Set(commands.filter((command) => command !== undefined))];
}

/** A sequence was completed: its door is to open for a source. */
export interface Opening {
  /** The door. */
  readonly door: Door;
  /** Who knocked. */
  readonly address: Address;
  /** The port that was hit last. */
  readonly port: number;
  /** The client whose sequence it was, on a rotating door. */
  readonly client?: Client;
  /** The counter of that sequence, to be spent. */
  readonly counter?: number;
  /** Whether it was knocked at another machine, which has seen to how often it opens. */
  readonly elsewhere?: boolean;
}

/** Whether a door has anything that must not be forgotten. */
export function needsJournal({ stop, key }: Door): boolean {
  return stop !== undefined || key.kind === "otp";
}
