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

/** Openings remembered at most; the oldest is forgotten first. */
const MAX_OPENINGS = 1024;

/** The hits of the latest opening of each sequence by each source. */
export class Consumed {
  readonly #openings = new Map<string, readonly string[]>();
  readonly #numbers = new WeakMap<Candidate, number>();
  #sequences = 0;

  /** Whether any of these hits has opened the door already. */
  has(
    candidate: Candidate,
    source: Uint32Array,
    table: SourceTable,
    record: number,
    verdict: Verdict,
  ): boolean {
    if (this.#openings.size === 0) return false;
    const used = this.#openings.get(this.#key(candidate, source));
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
    const key = this.#key(candidate, source);
    this.#openings.delete(key);
    this.#openings.set(key, namesOf(table, record, verdict));
    if (this.#openings.size > MAX_OPENINGS) {
      const [oldest] = this.#openings.keys();
      this.#openings.delete(oldest!);
    }
  }

  #key(candidate: Candidate, source: Uint32Array): string {
    let number = this.#numbers.get(candidate);
    if (number === undefined) {
      number = this.#sequences++;
      this.#numbers.set(candidate, number);
    }
    return `${number} ${source.join(" ")}`;
  }
}

function namesOf(table: SourceTable, record: number, verdict: Verdict): string[] {
  return Array.from(verdict.hits.subarray(0, verdict.matched), (hit) => {
    const [mark, identity] = [table.mark(record, hit), table.identity(record, hit)];
    return `${mark} ${identity} ${table.time(record, hit)}`;
  });
}
