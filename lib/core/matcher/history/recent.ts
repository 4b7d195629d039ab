/** What is kept of one source, laid out for judging: its hits, the newest first. */

import { hitsBetween, isPartial } from "./entry_kind.ts";
import { ticksBetween } from "./ticks.ts";

/** More than a record ever has. */
const ROOM = 512;

/** The hits of one source in the order of their times, and the uses of them. */
export class Recent {
  /** How many hits there are. */
  count = 0;
  /** The record that they are of. */
  record: number = -1;
  /** The cell of each hit. */
  readonly cells: Int32Array = new Int32Array(ROOM);
  /** The mark of each hit. */
  readonly marks: Int32Array = new Int32Array(ROOM);
  /** The time of each hit, in ticks. */
  readonly times: Int32Array = new Int32Array(ROOM);
  /** The kind of each hit. */
  readonly kinds: Int32Array = new Int32Array(ROOM);
  /** How many uses there are. */
  uses = 0;
  /** The cell of each use. */
  readonly useCells: Int32Array = new Int32Array(ROOM);
  /** The number of the sequence of each use. */
  readonly useIds: Int32Array = new Int32Array(ROOM);
  /** The time of each use (see uses.ts), in ticks. */
  readonly useTimes: Int32Array = new Int32Array(ROOM);
  /** The kind of each use. */
  readonly useKinds: Int32Array = new Int32Array(ROOM);
  /** The uses of the sequence at hand, -1 for none. */
  #full = -1;
  #partial = -1;

  /** The index of the hit that came last, whenever it was sent. */
  latest = 0;
  /** Whether that one only repeated others. */
  repeats = false;
  /** Whether others like that one, and on an own port as it is, are still judged. */
  hasAlike = false;

  /** Begins anew, with another record. */
  begin(record: number): void {
    this.record = record;
    this.count = 0;
    this.uses = 0;
    this.latest = 0;
    this.repeats = false;
    this.hasAlike = false;
  }

  /** Begins anew with another record and its newest hit, which only repeated others. */
  beginWith(
    record: number,
    cell: number,
    mark: number,
    time: number,
    kind: number,
  ): void {
    this.begin(record);
    this.count = 1;
    this.#set(0, cell, mark, time, kind);
    this.repeats = true;
  }

  /** Adds a hit that came before all others, in most cases the oldest. */
  append(cell: number, mark: number, time: number, kind: number): void {
    let at = this.count++;
    while (at > 0 && ticksBetween(this.times[at - 1]!, time) > 0) {
      if (--at === this.latest) this.latest++;
      this.#copy(at, at + 1);
    }
    this.#set(at, cell, mark, time, kind);
  }

  /** The index of the hit in a cell. */
  indexOf(cell: number): number {
    let i = this.count - 1;
    while (i > 0 && this.cells[i] !== cell) i--;
    return i;
  }

  /** Takes a hit out. */
  remove(index: number): void {
    this.count--;
    if (index < this.latest) this.latest--;
    for (let at = index; at < this.count; at++) this.#copy(at + 1, at);
  }

  /** Adds a use. */
  addUse(cell: number, id: number, time: number, kind: number): void {
    const i = this.uses++;
    this.useCells[i] = cell;
    this.useIds[i] = id;
    this.useTimes[i] = time;
    this.useKinds[i] = kind;
  }

  /** Makes a sequence the one at hand; whether it was used. */
  take(id: number): boolean {
    this.#full = -1;
    this.#partial = -1;
    for (let i = 0; i < this.uses; i++) {
      if (this.useIds[i] !== id) continue;
      if (isPartial(this.useKinds[i]!)) this.#partial = i;
      else this.#full = i;
    }
    return this.#full >= 0 || this.#partial >= 0;
  }

  /** The full use of the sequence at hand, -1 for none. */
  get full(): number {
    return this.#full;
  }

  /** The partial use of the sequence at hand, -1 for none. */
  get partial(): number {
    return this.#partial;
  }

  /** Whether the sequence at hand has used a hit up. */
  isUsed(index: number): boolean {
    const kind = this.kinds[index]!;
    if (this.#full >= 0 && hitsBetween(kind, this.useKinds[this.#full]!) >= 0) {
      return true;
    }
    return this.#partial >= 0 &&
      hitsBetween(kind, this.useKinds[this.#partial]!) >= 0 &&
      ticksBetween(this.times[index]!, this.useTimes[this.#partial]!) >= 0;
  }

  /** Whether a sequence that need not be at hand was complete, and used a hit up. */
  isUsedBy(id: number, index: number): boolean {
    for (let i = 0; i < this.uses; i++) {
      if (this.useIds[i] !== id || isPartial(this.useKinds[i]!)) continue;
      if (hitsBetween(this.kinds[index]!, this.useKinds[i]!) >= 0) return true;
    }
    return false;
  }

  #set(at: number, cell: number, mark: number, time: number, kind: number): void {
    this.cells[at] = cell;
    this.marks[at] = mark;
    this.times[at] = time;
    this.kinds[at] = kind;
  }

  #copy(from: number, to: number): void {
    this.cells[to] = this.cells[from]!;
    this.marks[to] = this.marks[from]!;
    this.times[to] = this.times[from]!;
    this.kinds[to] = this.kinds[from]!;
  }
}
