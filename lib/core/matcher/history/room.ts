/** Room for records when memory gets tight. */

import type { Blocks } from "./blocks.ts";
import { shed } from "./forgetting.ts";
import type { Records } from "./records.ts";

/** Records that are looked at to find one that is to give something up. */
const SAMPLE = 16;
/** How often the source with most is looked for before one is forgotten. */
const TRIES = 64;
/** Records up to this size push quiet ones out: a knock and what may come amid it. */
const SMALL = 3;
/** So many times the cells that are gone are all, where packing them is worth while. */
const SPARE = 9;
/** A prime, and so one that leads to every unit but for its own multiples. */
const STRIDE = 124_021;

/** Takes blocks, from records where none is free. */
export class Room {
  readonly #records: Records;
  readonly #blocks: Blocks;
  /** Where to look next for records that others may have. */
  #hand = 0;

  /** In the blocks of these records. */
  constructor(records: Records) {
    this.#records = records;
    this.#blocks = records.blocks;
  }

  /**
   * A block of a size. Where none is free, who has most gives half of it up; then, for who
   * has little, the record that was quiet longest at a time, in ticks, is forgotten, but
   * never `keep`. -1 for who has as much as anybody.
   */
  take(size: number, time: number, keep = -1): number {
    for (let tries = 0;; tries++) {
      const block = this.#blocks.take(size);
      if (block >= 0 || tries === TRIES) return block;
      const fattest = this.#fattest();
      if (this.#blocks.size(fattest) > size) this.#records.halve(fattest);
      else if (size > SMALL) return -1;
      else this.#forget(this.#quietest(size, time, keep), size);
    }
  }

  /**
   * Makes room for more in a record of a source with this hash, where much is gone in its
   * own cells; gives the record, which may have moved. When it is tight, who has repeats
   * pays with them.
   */
  enlarge(record: number, hash: number, time: number): number {
    const records = this.#records;
    const { blocks, cells } = records;
    const room = cells.room(record);
    const size = blocks.size(record) + 1;
    if (4 * cells.gone(record) < room && size <= blocks.largest) {
      const canPay = cells.repeats(record) > 0;
      const block = canPay ? blocks.take(size) : this.take(size, time, record);
      if (block >= 0) {
        records.move(record, block, hash);
        return block;
      }
    }
    // What is packed for a few cells would be packed again with the next packets.
    if (SPARE * cells.gone(record) < room) shed(cells, record, room - (room >> 2));
    records.compact(record);
    return record;
  }

  /** Forgets the records of an area, or the one that it is a part of. */
  #forget(area: number, size: number): void {
    if (area < 0) return;
    const around = this.#blocks.at(area);
    if (around >= 0 && this.#blocks.size(around) >= size) {
      return this.#records.release(around);
    }
    const end = area + (1 << size);
    let next = area;
    for (; (next = this.#blocks.next(next, end)) >= 0; next++) {
      this.#records.release(next);
    }
  }

  /** Of some records, others each time, the largest. */
  #fattest(): number {
    let fattest = -1;
    let most = -1;
    for (let i = Math.min(SAMPLE, this.#blocks.used); i > 0; i--) {
      const record = this.#blocks.at(this.#turn());
      if (record < 0 || this.#blocks.size(record) <= most) continue;
      fattest = record;
      most = this.#blocks.size(record);
    }
    return fattest;
  }

  /** Of some areas of a size, others each time, the one that was quiet longest; -1 for none. */
  #quietest(size: number, time: number, keep: number): number {
    let quietest = -1;
    let longest = -Infinity;
    for (let i = Math.min(SAMPLE, this.#blocks.used); i > 0; i--) {
      const area = this.#turn() & -(1 << size);
      const quiet = this.#quiet(area, size, time, keep);
      if (quiet <= longest) continue;
      quietest = area;
      longest = quiet;
    }
    return quietest;
  }

  /**
   * Ticks that all records of an area, or the one that it is a part of, have been quiet for;
   * below any if there is none, or `keep` is among them. In a flood from more sources than
   * there is room for it is asked with every packet, and so makes nothing.
   */
  #quiet(area: number, size: number, time: number, keep: number): number {
    const blocks = this.#blocks;
    const around = blocks.at(area);
    if (around >= 0 && blocks.size(around) >= size) {
      return around === keep ? -Infinity : this.#records.quiet(around, time);
    }
    const end = area + (1 << size);
    let least = -Infinity;
    for (let next = area; (next = blocks.next(next, end)) >= 0; next++) {
      if (next === keep) return -Infinity;
      const quiet = this.#records.quiet(next, time);
      if (least === -Infinity || quiet < least) least = quiet;
    }
    return least;
  }

  /** Neighbours were made one after the other, and are likely to be alike. */
  #turn(): number {
    this.#hand = (this.#hand + STRIDE) % this.#blocks.used;
    return this.#hand;
  }
}
