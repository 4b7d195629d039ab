/**
 * Hits that have opened a door, and don't count for that door again.
 *
 * Only sequences that begin as they end (7000,7000), or that may come in any order, could
 * be completed a second time by a hit or two more.
 *
 * @module
 */
import type { Candidate } from "./sequence_index.ts";
import type { SourceTable } from "./source_table.ts";

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
    hits: readonly number[],
  ): boolean {
    if (this.#openings.size === 0) return false;
    const used = this.#openings.get(this.#key(candidate, source));
    return used !== undefined &&
      hits.some((hit) => used.includes(nameOf(table, record, hit)));
  }

  /** Remembers the hits of an opening. */
  add(
    candidate: Candidate,
    source: Uint32Array,
    table: SourceTable,
    record: number,
    hits: readonly number[],
  ): void {
    const key = this.#key(candidate, source);
    this.#openings.delete(key);
    this.#openings.set(key, hits.map((hit) => nameOf(table, record, hit)));
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

function nameOf(table: SourceTable, record: number, hit: number): string {
  const [mark, identity] = [table.mark(record, hit), table.identity(record, hit)];
  return `${mark} ${identity} ${table.time(record, hit)}`;
}
