/** Do packets arrive? Some are sent, and heard as the daemon hears. */

import { Pcap } from "../../ffi/pcap/pcap.ts";
import { sendHit } from "../client/single_hit.ts";
import type { Config } from "../config/config.ts";
import { type Address, parseAddress } from "../core/address.ts";
import { addressFromWords } from "../core/address_words.ts";
import type { Door, Protocol } from "../core/door.ts";
import { captureFilter } from "../core/filter.ts";
import { Hit, TCP } from "../core/hit.ts";
import { parsePacket } from "../core/packet/parse.ts";
import { TCP_FLAG_BITS } from "../core/tcp_flags.ts";
import type { PacketSource } from "../server/capture/network.ts";
import { RING_SIZE } from "../server/capture/ring.ts";
import { snapLengthFor } from "../server/capture/snap_length.ts";
import { DISCARD, OwnWire } from "./own_wire.ts";

/** What became of packets that this machine sent to itself. */
export interface Heard {
  /** Where they went: between two networks of the doctor's own, or no further than `lo`. */
  readonly over: "namespace" | "lo";
  /** What was sent: `UDP over IPv6`. */
  readonly sent: readonly string[];
  /** What of it did not arrive. */
  readonly missing: readonly string[];
  /** Why there was no network for it. */
  readonly why?: string;
}

/** A packet to try. */
interface Trial {
  readonly target: Address;
  readonly protocol: Protocol;
}

/** How often, and how many milliseconds apart, they are sent and looked for. */
const TRIES = 60;
const PAUSE_MS = 50;
const LOOPBACK = parseAddress("127.0.0.1")!;

/** Tries it; throws what keeps libpcap from listening at all. */
export async function hearOwnPackets(config: Config | undefined): Promise<Heard> {
  const doors = config?.doors ?? [];
  const wire = OwnWire.make();
  if (wire instanceof Error) return await overLoopback(doors, wire.message);
  using _ = wire;
  const trials = wire.targets.flatMap((target) =>
    protocolsFor(doors).map((protocol) => ({ target, protocol }))
  );
  using source = wire.open((name) => listen(name, doors));
  const missing = await lookFor(trials, source, ({ target, protocol }) => {
    wire.send(target, protocol);
  });
  return { over: "namespace", sent: trials.map(nameOf), missing };
}

async function overLoopback(doors: readonly Door[], why: string): Promise<Heard> {
  using source = listen("lo", doors);
  const trials: Trial[] = [{ target: LOOPBACK, protocol: "udp" }];
  const missing = await lookFor(
    trials,
    source,
    ({ target, protocol }) => sendHit(target, { port: DISCARD, protocol }),
  );
  return { over: "lo", sent: trials.map(nameOf), missing, why };
}

/** Opened and filtered as the daemon would for these doors. */
function listen(name: string, doors: readonly Door[]): Pcap {
  const source = Pcap.openLive(name, {
    snapLength: snapLengthFor(doors),
    ringSize: RING_SIZE,
  });
  const { linkType } = source;
  if (doors.length > 0) source.setFilter(captureFilter(doors, [], { linkType }));
  return source;
}

/** A filter for doors of which none takes a SYN lets none through. */
function protocolsFor(doors: readonly Door[]): readonly Protocol[] {
  const taken = doors.length === 0 ||
    doors.some(({ tcpFlags: { mask, value } }) => (TCP_FLAG_BITS.syn & mask) === value);
  return taken ? ["tcp", "udp"] : ["udp"];
}

/** Sends until all have arrived, or it is enough; what did not arrive. */
async function lookFor(
  trials: readonly Trial[],
  source: Pick<PacketSource, "read">,
  send: (trial: Trial) => void | Promise<void>,
): Promise<string[]> {
  const missing = new Map(trials.map((trial) => [nameOf(trial), trial]));
  const hit = new Hit();
  for (let tries = 0; tries < TRIES && missing.size > 0; tries++) {
    for (const trial of missing.values()) await send(trial);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    source.read((linkType, bytes, offset, captured, time) => {
      hit.time = time;
      if (parsePacket(linkType, bytes, offset, captured, hit)) missing.delete(heard(hit));
    });
  }
  return [...missing.keys()];
}

function heard({ protocol, destination, port }: Hit): string {
  if (port !== DISCARD) return "";
  const target = addressFromWords(destination);
  return nameOf({ target, protocol: protocol === TCP ? "tcp" : "udp" });
}

function nameOf({ target, protocol }: Trial): string {
  return `${protocol.toUpperCase()} over IPv${target.family}`;
}
