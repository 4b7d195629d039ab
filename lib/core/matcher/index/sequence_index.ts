/** From a knock to the live sequences that it is part of. */

import type { Door } from "../../door.ts";
import type { Candidate } from "./candidate.ts";
import { KnockBits } from "./knock_bits.ts";
import type { LiveSequence } from "../live_sequence.ts";
import { OTHER_PROTOCOL, packKnock, PORTS } from "./mark.ts";
import { SequenceRows } from "./sequence_rows.ts";

/** The live sequences, and for each knock the rows of those that it is part of. */
export class SequenceIndex {
  /** What to compare packets with. */
  readonly rows = new SequenceRows();
  readonly #candidates: (Candidate | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  readonly #doors = new Map<Door, number>();
  /** Which ports are in some sequence, by either protocol. */
  readonly #ports = new KnockBits();
  /** What was asked of {@linkcode longestTimeout}, as long as it holds. */
  readonly #longest = new Map<number, number>();

  /** Adds a sequence whose door has the view of that number. */
  add(candidate: Candidate, view: number): void {
    const own = this.#freeNumbers.pop() ?? this.#candidates.length;
    this.#candidates[own] = candidate;
    const door = this.#doors.get(candidate.live.door) ?? this.#doors.size;
    this.#doors.set(candidate.live.door, door);
    this.rows.add(candidate, { own, view, door });
    this.#notePorts(candidate);
  }

  /** Takes the sequence of a row out. */
  remove(row: number): void {
    const own = this.rows.candidate(row);
    const candidate = this.candidate(row);
    this.rows.remove(own, candidate.knocks);
    this.#notePorts(candidate);
    this.#candidates[own] = undefined;
    this.#freeNumbers.push(own);
  }

  /** A row of a live sequence, -1 if it has none. */
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
    return this.#ports.has(knock & PORTS - 1);
  }

  /** Whether the knock is part of any sequence. */
  has(knock: number): boolean {
    return this.rows.start(knock) < this.rows.end(knock);
  }

  /** Whether the knock is part of one sequence alone. */
  isOfOne(knock: number): boolean {
    return this.has(knock) &&
      this.rows.next(this.rows.start(knock)) === this.rows.end(knock);
  }

  /** The sequences that the knock is part of. */
  sequencesWith(knock: number): Candidate[] {
    return this.#rowsWith(knock).map((row) => this.candidate(row));
  }

  /** The longest time that a sequence with the knock may take, milliseconds. */
  longestTimeout(knock: number): number {
    let longest = this.#longest.get(knock);
    if (longest === undefined) {
      const longer = (most: number, { timeout }: Candidate) => Math.max(most, timeout);
      longest = this.sequencesWith(knock).reduce(longer, 0);
      this.#longest.set(knock, longest);
    }
    return longest;
  }

  #rowsWith(knock: number): number[] {
    const rows: number[] = [];
    const end = this.rows.end(knock);
    for (let row = this.rows.start(knock); row < end; row = this.rows.next(row)) {
      rows.push(row);
    }
    return rows;
  }

  #notePorts({ knocks }: Candidate): void {
    for (const knock of knocks) {
      const isUsed = this.has(knock) || this.has(knock ^ OTHER_PROTOCOL);
      this.#ports.set(knock & PORTS - 1, isUsed);
      this.#longest.delete(knock);
    }
  }
}
