/**
 * Hits that have opened a door, and don't count for that door again.
 *
 * Only sequences that begin as they end (7000,7000), or that may come in any order, could
 * be completed a second time by a hit or two more.
 *
 * @module
 */
import type { Candidate } from "./candidate.ts";
import type { SourceTable } from "./source_table.ts";
import type { Verdict } from "./verdict.ts";
import { hashWords, sameWords } from "./words.ts";

/** Sources remembered at most; the one that opened nothing for longest goes first. */
const MAX_SOURCES = 1024;

interface Openings {
  readonly source: Uint32Array;
  /** The names of the hits of the latest opening by each sequence, as long as it lives. */
  readonly hits: WeakMap<Candidate, readonly string[]>;
}

/** The hits of the latest opening of each sequence by each source. */
export class Consumed {
  readonly #seed: number;
  /** By the hash of the source: a flood asks with every packet, and makes no strings. */
  readonly #openings = new Map<number, Openings>();

  /** None yet; the seed is that of the table. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Whether any of these hits has opened the door already. */
  has(
    candidate: Candidate,
    source: Uint32Array,
    table: SourceTable,
    record: number,
    verdict: Verdict,
  ): boolean {
    if (this.#openings.size === 0) return false;
    const used = this.#of(source)?.hits.get(candidate);
    return used !== undefined &&
      namesOf(table, record, verdict).some((name) => used.includes(name));
  }

  /** Remembers the hits of an opening. */
  add(
    candidate: Candidate,
    source: Uint32Array,
    table: SourceTable,
    record: number,
    verdict: Verdict,
  ): void {
    const hash = hashWords(source, this.#seed);
    const openings = this.#of(source) ?? { source: source.slice(), hits: new WeakMap() };
    openings.hits.set(candidate, namesOf(table, record, verdict));
    this.#openings.delete(hash);
    this.#openings.set(hash, openings);
    if (this.#openings.size > MAX_SOURCES) {
      const [oldest] = this.#openings.keys();
      this.#openings.delete(oldest!);
    }
  }

  #of(source: Uint32Array): Openings | undefined {
    const openings = this.#openings.get(hashWords(source, this.#seed));
    return openings && sameWords(openings.source, 0, source) ? openings : undefined;
  }
}

function namesOf(table: SourceTable, record: number, verdict: Verdict): string[] {
  return Array.from(verdict.hits.subarray(0, verdict.matched), (hit) => {
    const [mark, identity] = [table.mark(record, hit), table.identity(record, hit)];
    return `${mark} ${identity} ${table.time(record, hit)}`;
  });
}
