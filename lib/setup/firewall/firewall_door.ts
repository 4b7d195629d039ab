/**
 * Doors as a firewall knows them: what they open, under which name, for how long at most.
 */

import type { Commands, Door, Knock } from "../../core/door.ts";

/** A door, and what a firewall needs to know of it. */
export interface FirewallDoor {
  /** The door's name in the config. */
  readonly name: string;
  /** Unique, and fit to be part of a name in any firewall: `door_ssh`. */
  readonly id: string;
  readonly ports: readonly Knock[];
  /** Seconds from opening to closing, by knockd. */
  readonly cmdTimeout: number;
  /** Seconds from opening to closing, by the kernel alone. */
  readonly kernelTimeout: number;
}

/** The commands of a door that open and close it in a firewall. */
export interface FirewallCommands {
  readonly start: Required<Commands>;
  /** Closes it; succeeds for a door that is closed already. */
  readonly stop: Required<Commands>;
}

/**
 * A knock on an open door extends its lease and runs no command, so that the kernel's
 * clock runs on: its time has to cover some extensions, too.
 */
const LEASES_COVERED = 10;
/** The kernel's time for a door whose lease is over at once. */
const SHORTEST_TIMEOUT = 10;

/** What a firewall needs to know of these doors, which open these ports. */
export function firewallDoors(
  doors: readonly (readonly [Door, readonly Knock[]])[],
): FirewallDoor[] {
  const used = new Set<string>();
  return doors.map(([{ name, cmdTimeout }, ports]) => ({
    name,
    id: identifier(name, used),
    ports,
    cmdTimeout,
    kernelTimeout: Math.max(SHORTEST_TIMEOUT, LEASES_COVERED * cmdTimeout),
  }));
}

/** Characters of a door's name in an identifier. */
const LONGEST = 32;

/** Names of doors may have any character; those of chains and sets few, and no keyword. */
function identifier(name: string, used: Set<string>): string {
  const plain = `door_${name.replace(/[^A-Za-z0-9]+/g, "_").slice(0, LONGEST)}`;
  let unique = plain;
  for (let n = 2; used.has(unique); n++) unique = `${plain}_${n}`;
  used.add(unique);
  return unique;
}
