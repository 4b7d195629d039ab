/**
 * What a packet leaves of those before it. One that changes nothing any more, since as many
 * like it as any sequence has came directly after it, becomes a repeat, by which copies are
 * known.
 */

import type { Arrival } from "./arrival.ts";
import { type Cells, Count } from "./cells.ts";
import {
  hitsBetween,
  isFresh,
  isOwn,
  isRepeat,
  isSpent,
  packetKind,
} from "./entry_kind.ts";
import { oldest } from "./forgetting.ts";
import type { Recent } from "./recent.ts";
import { ticksBetween } from "./ticks.ts";
import type { Uses } from "./uses.ts";

/** Packets on own ports that are kept of a source. */
const OWN_PACKETS = 128;
/** Foreign ports that are kept of a source. */
export const FOREIGN_PORTS = 65;

/** Adds packets to records. */
export class Additions {
  readonly #cells: Cells;
  readonly #recent: Recent;
  readonly #uses: Uses;
  /** The bits of marks that tell hits apart. */
  #bits = 0;

  /** To records with these cells, of which the one at hand is laid out. */
  constructor(cells: Cells, recent: Recent, uses: Uses) {
    this.#cells = cells;
    this.#recent = recent;
    this.#uses = uses;
  }

  /** Compares marks in these bits from now on. */
  compareBy(bits: number): void {
    this.#bits = bits;
  }

  /** Adds a packet to a record, which is to be laid out then, and settled. */
  add(record: number, packet: Readonly<Arrival>): void {
    const { mark, print, time, own, waited } = packet;
    const kind = packetKind(this.#cells.tick(record, own), own, waited);
    this.#cells.add(record, mark, print, time, kind);
  }

  /** Sees to it that a record has no more than it should, now that this packet was added. */
  settle(record: number, packet: Readonly<Arrival>): void {
    if (packet.own) this.#retire(packet);
    else this.#replace(record);
    this.#bound(record);
  }

  /**
   * Adds a packet that is like the newest, at most so many ticks later, to a record that has
   * no more than repeats besides, and lays it out; whether it is so. It is of most packets of
   * a flood, and to lay out what is there before would take them much longer.
   */
  repeat(record: number, packet: Readonly<Arrival>, ticks: number): boolean {
    const { mark, print, time, own, repeats, waited } = packet;
    const cells = this.#cells;
    if (!own || repeats !== 1 || !cells.onlyRepeats(record)) return false;
    const newest = cells.previous(cells.end(record));
    if (!isFresh(cells.kind(newest)) || this.#differ(cells.mark(newest), mark)) {
      return false;
    }
    const age = ticksBetween(cells.time(newest), time);
    if (age < 0 || age > ticks) return false;
    cells.repeat(record, newest);
    const kind = packetKind(cells.tick(record, own), own, waited);
    const cell = cells.add(record, mark, print, time, kind);
    this.#recent.beginWith(record, cell, mark, time, kind);
    if (cells.count(record, Count.OWN) > OWN_PACKETS) cells.dropFront(record);
    return true;
  }

  /** Whatever a hit on an own port leaves without effect becomes a repeat. */
  #retire({ mark, repeats }: Readonly<Arrival>): void {
    const recent = this.#recent;
    const { kinds, marks } = recent;
    if (recent.latest !== 0) return;
    let run = 0;
    let isOver = false;
    let before = kinds[0]!;
    for (let i = 1; i < recent.count; i++) {
      if (!isOwn(kinds[i]!)) continue;
      // What was sent before another and came after it may be fresh when that is used up.
      if (hitsBetween(before, kinds[i]!) > 0) return;
      before = kinds[i]!;
      if (this.#differ(marks[i]!, mark)) isOver = true;
      else if (isSpent(kinds[i]!) || !isOver && ++run >= repeats) {
        if (!isSpent(kinds[i]!)) recent.repeats = true;
        this.#uses.retire(i--);
      } else recent.hasAlike = true;
    }
  }

  /** Whether no door tells two of the hits at hand apart. */
  alike(one: number, other: number): boolean {
    return !this.#differ(this.#recent.marks[one]!, this.#recent.marks[other]!);
  }

  /** Of a foreign port the newest hit alone is kept. */
  #replace(record: number): void {
    const { kinds, latest } = this.#recent;
    for (let i = 0; i < this.#recent.count; i++) {
      if (i === latest || isOwn(kinds[i]!) || !this.alike(i, latest)) continue;
      return this.#drop(record, Math.max(i, latest));
    }
  }

  /** Keeps a record within its bounds. */
  #bound(record: number): void {
    const cells = this.#cells;
    if (cells.count(record, Count.OWN) > OWN_PACKETS) {
      if (cells.onlyRepeats(record)) cells.dropFront(record);
      else this.#dropOldest(record, true);
    }
    if (cells.count(record, Count.FOREIGN) > FOREIGN_PORTS) {
      this.#dropOldest(record, false);
    }
  }

  #dropOldest(record: number, own: boolean): void {
    const cell = oldest(this.#cells, record, own);
    const isJudged = !isRepeat(this.#cells.kind(cell));
    this.#cells.drop(record, cell);
    if (isJudged) this.#recent.remove(this.#recent.indexOf(cell));
  }

  #drop(record: number, index: number): void {
    this.#cells.drop(record, this.#recent.cells[index]!);
    this.#recent.remove(index);
  }

  #differ(a: number, b: number): boolean {
    return ((a ^ b) & this.#bits) !== 0;
  }
}
