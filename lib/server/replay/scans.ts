/** Who sent what in a recording: enough to tell a scan from a knock. */

import { addressFromWords, isIpv4 } from "../../core/address_words.ts";
import { type Hit, UDP } from "../../core/hit.ts";
import { TCP_FLAG_BITS } from "../../core/tcp_flags.ts";

/** Sources that are counted one by one; there may be millions. */
export const SOURCES_COUNTED = 100_000;
/** Different ports from which on a source looks like a scan. */
const SCAN = 20;
/** Ports that are told apart for each source. */
const MOST_PORTS = 1000;
/** Ports of all sources that are told apart: some hundred megabytes. */
const MOST_IN_ALL = 4_000_000;

/** Conversations of datagrams that are known. */
const MOST_TALKS = 200_000;
/** What no first packet of a connection has. */
const ANSWER = TCP_FLAG_BITS.ack | TCP_FLAG_BITS.rst;

/** A source that hit many ports. */
export interface Scan {
  readonly ip: string;
  readonly ports: number;
}

/** The words of an IPv6 address before those of an IPv4 address inside it. */
const MAPPED = 0xffff;

export class PortCounts {
  // A number is found in a fraction of the time that a text takes; most are of IPv4.
  readonly #ports = new Map<string | number, Set<number>>();
  readonly #talks = new Set<number>();
  #room = MOST_IN_ALL;

  /** Takes a packet in; a service that answers many clients scans nobody. */
  add(hit: Hit): void {
    const { source, port } = hit;
    const key = addressKey(source);
    let ports = this.#ports.get(key);
    if (ports === undefined) {
      if (this.#ports.size >= SOURCES_COUNTED) return;
      this.#ports.set(key, ports = new Set());
    }
    if (this.#isAnswer(hit)) return;
    if (ports.size >= MOST_PORTS || this.#room === 0 || ports.has(port)) return;
    ports.add(port);
    this.#room--;
  }

  #isAnswer(hit: Hit): boolean {
    if (hit.protocol !== UDP) return (hit.flags & ANSWER) !== 0;
    const { source, sourcePort, destination, port } = hit;
    if (this.#talks.has(talkOf(destination, port, source, sourcePort))) return true;
    if (this.#talks.size < MOST_TALKS) {
      this.#talks.add(talkOf(source, sourcePort, destination, port));
    }
    return false;
  }

  /** How many there were, up to a limit. */
  get count(): number {
    return this.#ports.size;
  }

  /** Those that look like scans, the busiest first, so many at most. */
  scans(most: number): Scan[] {
    return [...this.#ports].filter(([, ports]) => ports.size >= SCAN)
      .sort(([, a], [, b]) => b.size - a.size).slice(0, most)
      .map(([key, ports]) => ({ ip: ipOf(key), ports: ports.size }));
  }
}

/** A number for who sends to whom; that two have the same does no harm. */
function talkOf(from: Uint32Array, fromPort: number, to: Uint32Array, toPort: number) {
  let talk = fromPort;
  for (const word of from) talk = Math.imul(talk ^ word, 0x9e3779b1);
  talk = Math.imul(talk ^ toPort, 0x9e3779b1);
  for (const word of to) talk = Math.imul(talk ^ word ^ talk >>> 15, 0x9e3779b1);
  return talk;
}

/** What tells an address from others; of its words. */
export function addressKey(words: Uint32Array): string | number {
  return isIpv4(words) ? words[3]! : words.join();
}

function ipOf(key: string | number): string {
  const words = typeof key === "number"
    ? [0, 0, MAPPED, key]
    : key.split(",").map(Number);
  return addressFromWords(Uint32Array.from(words)).text;
}
