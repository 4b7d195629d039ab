/**
 * How far one packet brought the knocks on each door.
 *
 * @module
 */
import type { Door } from "../core/door.ts";
import type { LiveSequence } from "../core/matcher/live_sequence.ts";

/** The sequence of each door that came furthest: on a rotating door many share a port. */
export class Progress {
  readonly #doors: ReadonlyMap<Door, number>;
  readonly #stages: Uint8Array;
  readonly #sequences: LiveSequence[] = [];
  /** The doors with progress. A flood makes progress on first ports: nothing is allocated. */
  readonly #touched: Uint32Array;
  #count = 0;

  /** Of these doors. */
  constructor(doors: readonly Door[]) {
    this.#doors = new Map(doors.map((door, number) => [door, number]));
    this.#stages = new Uint8Array(doors.length);
    this.#touched = new Uint32Array(doors.length);
  }

  /** Whether there was any. */
  get any(): boolean {
    return this.#count > 0;
  }

  /** A sequence has come this far. */
  note(sequence: LiveSequence, stage: number): void {
    const door = this.#doors.get(sequence.door);
    if (door === undefined || stage <= this.#stages[door]!) return;
    if (this.#stages[door] === 0) this.#touched[this.#count++] = door;
    this.#stages[door] = stage;
    this.#sequences[door] = sequence;
  }

  /** Tells what was noted, and forgets it. */
  tell(advanced: (sequence: LiveSequence, stage: number) => void): void {
    const count = this.#count;
    this.#count = 0;
    for (let i = 0; i < count; i++) {
      const door = this.#touched[i]!;
      const stage = this.#stages[door]!;
      this.#stages[door] = 0;
      advanced(this.#sequences[door]!, stage);
    }
  }
}
