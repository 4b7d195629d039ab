/** From a knock to the live sequences that it is part of. */

import type { Door } from "../door.ts";
import type { Candidate } from "./candidate.ts";
import type { LiveSequence } from "./live_sequence.ts";
import { KNOCKS, OTHER_PROTOCOL, packKnock, PORTS } from "./mark.ts";
import { Places } from "./places.ts";
import { SequenceRows } from "./sequence_rows.ts";

/** The live sequences: their rows, and for each knock its places in them. */
export class SequenceIndex {
  /** What to compare packets with. */
  readonly rows = new SequenceRows();
  /** The places of a knock in a sequence follow one another, as the sequence has them. */
  readonly places = new Places();
  readonly #candidates: (Candidate | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  readonly #doors = new Map<Door, number>();
  readonly #multiplicity = new Uint8Array(KNOCKS);
  /** Which ports are in some sequence, by either protocol: small enough to stay at hand. */
  readonly #ports = new Int32Array(PORTS / 32);
  /** In how many places of sequences with an order each knock is. */
  readonly #ordered = new Uint32Array(KNOCKS);

  /** Adds a sequence whose door has the view of that number. */
  add(candidate: Candidate, view: number): void {
    const own = this.#freeNumbers.pop() ?? this.#candidates.length;
    this.#candidates[own] = candidate;
    const door = this.#doors.get(candidate.live.door) ?? this.#doors.size;
    this.#doors.set(candidate.live.door, door);
    const row = this.rows.add(candidate, { own, view, door });
    candidate.knocks.forEach((knock, position) => {
      this.places.add(knock, this.rows.place(row, position));
      if (candidate.ordered) this.#ordered[knock]!++;
      this.#notePort(knock);
      const most = Math.max(this.multiplicity(knock), occurrences(candidate, knock));
      this.#multiplicity[knock] = most;
    });
  }

  /** Takes a sequence out. */
  remove(row: number): void {
    this.candidate(row).knocks.forEach((knock, position) => {
      this.places.remove(knock, this.rows.place(row, position));
      if (this.rows.isOrdered(row)) this.#ordered[knock]!--;
      this.#notePort(knock);
      this.#multiplicity[knock] = this.#mostOccurrences(knock);
    });
    const own = this.rows.candidate(row);
    this.#candidates[own] = undefined;
    this.#freeNumbers.push(own);
    this.rows.remove(row);
  }

  /** The row of a live sequence, -1 if it has none. */
  find(live: LiveSequence): number {
    const [first] = live.knocks;
    const rows = first === undefined ? [] : this.#rowsWith(packKnock(first));
    return rows.find((row) => this.candidate(row).live === live) ?? -1;
  }

  /** The sequence of a row. */
  candidate(row: number): Candidate {
    return this.#candidates[this.rows.candidate(row)]!;
  }

  /** Whether the knock, or the other one on its port, is part of any sequence. */
  hasPort(knock: number): boolean {
    const port = knock & PORTS - 1;
    return (this.#ports[port >>> 5]! >>> (port & 31) & 1) === 1;
  }

  #notePort(knock: number): void {
    const port = knock & PORTS - 1;
    const bit = 1 << (port & 31);
    if (this.has(knock) || this.has(knock ^ OTHER_PROTOCOL)) {
      this.#ports[port >>> 5]! |= bit;
    } else this.#ports[port >>> 5]! &= ~bit;
  }

  /** Whether the knock is part of any sequence. */
  has(knock: number): boolean {
    return this.places.start(knock) < this.places.end(knock);
  }

  /** Whether the knock is part of a sequence that has an order. */
  isInOrdered(knock: number): boolean {
    return this.#ordered[knock]! > 0;
  }

  /** How often the knock occurs in the sequence in which it occurs most. */
  multiplicity(knock: number): number {
    return this.#multiplicity[knock]!;
  }

  /** Whether the knock is part of one sequence alone. */
  isOfOne(knock: number): boolean {
    const [start, end] = [this.places.start(knock), this.places.end(knock)];
    const row = this.rows.rowOf(this.places.at(start));
    for (let i = start + 1; i < end; i++) {
      if (this.rows.rowOf(this.places.at(i)) !== row) return false;
    }
    return start < end;
  }

  /** The longest time that a sequence with the knock may take, milliseconds. */
  longestTimeout(knock: number): number {
    return Math.max(
      0,
      ...this.#rowsWith(knock).map((row) => this.candidate(row).timeout),
    );
  }

  #rowsWith(knock: number): number[] {
    const rows: number[] = [];
    for (let i = this.places.start(knock); i < this.places.end(knock); i++) {
      rows.push(this.rows.rowOf(this.places.at(i)));
    }
    return rows;
  }

  #mostOccurrences(knock: number): number {
    return this.#rowsWith(knock).reduce(
      (most, row) => Math.max(most, occurrences(this.candidate(row), knock)),
      0,
    );
  }
}

function occurrences(candidate: Candidate, knock: number): number {
  return candidate.knocks.reduce((sum, own) => own === knock ? sum + 1 : sum, 0);
}
