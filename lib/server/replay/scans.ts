/**
 * Who sent what in a recording: enough to tell a scan from a knock.
 *
 * @module
 */
import { addressFromWords } from "../../core/address_words.ts";
import type { Hit } from "../../core/hit.ts";

/** Sources that are counted one by one; there may be millions. */
const MOST_SOURCES = 100_000;
/** Different ports from which on a source looks like a scan. */
const SCAN = 20;
/** Ports that are told apart for each source. */
const MOST_PORTS = 1000;

/** A source that hit many ports. */
export interface Scan {
  readonly ip: string;
  readonly ports: number;
}

/** The sources of a recording. */
export class PortCounts {
  readonly #ports = new Map<string, Set<number>>();

  /** Takes a packet in. */
  add({ source, port }: Hit): void {
    const key = String.fromCharCode(
      ...[...source].flatMap((word) => [word >>> 16, word & 0xffff]),
    );
    let ports = this.#ports.get(key);
    if (ports === undefined) {
      if (this.#ports.size >= MOST_SOURCES) return;
      this.#ports.set(key, ports = new Set());
    }
    if (ports.size < MOST_PORTS) ports.add(port);
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

function ipOf(key: string): string {
  const words = Uint32Array.from(
    { length: 4 },
    (_, i) => (key.charCodeAt(2 * i) << 16 | key.charCodeAt(2 * i + 1)) >>> 0,
  );
  return addressFromWords(words).text;
}
