/**
 * What is in the records of sources. Each is in one piece: a packet costs few cache misses,
 * however many sources and packets there are.
 *
 *     words 0-3  the address
 *     word  4    see source_chains.ts
 *     word  5    how many entries: on own ports, on others, uses; 8 bits each
 *     word  6    the running number of its newest hit (see numbering.ts)
 *     word  7    cells that are used; repeats among them; cells at the front that are gone,
 *                9 bits each; size of its block
 *     then       of larger records: a filter of the prints, of a word for each unit
 *     then       the cells, of four words: print, mark, time, kind
 *
 * A cell is an entry, in the order in which they came, or one that is gone. It is known by
 * its first word, until its record is packed or moved.
 *
 *     print  what tells the packet from others with the same mark; of a use: a time
 *     mark   see mark.ts; of a use: the number of the sequence
 *     time   in ticks (see ticks.ts)
 *     kind   and running number (see entry_kind.ts)
 */

import { UNIT } from "./blocks.ts";
import { GONE, isOwn, isRepeat, isUse, madeRepeat } from "./entry_kind.ts";
import { counted, NUMBER_BITS } from "./numbering.ts";
import { mayHavePrint, notePrint } from "./print_filter.ts";
import { fillFilter, packCells } from "./packing.ts";
import {
  CELL,
  cellsOf,
  filterOf,
  HEADER,
  KIND,
  MARK,
  roomOf,
  TIME,
} from "./record_layout.ts";

const NUMBER = 6;
const CELLS = 7;
const NINE = 0x1ff;
const REPEAT_SHIFT = 9;
const FRONT_SHIFT = 18;
const SIZE_SHIFT = 27;
const COUNTS = 5;

/** Where each count is in its word. */
export const Count = { OWN: 0, FOREIGN: 8, USES: 16 } as const;

/** The cells of all records; a record has the number of its first unit. */
export class Cells {
  #words: Int32Array;

  /** Those of the records in these words. */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Goes on with the records in other words. */
  begin(words: Int32Array): void {
    this.#words = words;
  }

  /** Makes a block an empty record, but for its source. */
  reset(record: number, size: number): void {
    for (let i = COUNTS; i < HEADER; i++) this.#words[record * UNIT + i] = 0;
    this.pack(record, record, size);
  }

  /** Moves a record, but for its place among others, to a block of a size. */
  move(record: number, block: number, size: number): void {
    const from = record * UNIT;
    this.#words.copyWithin(block * UNIT, from, from + HEADER);
    this.pack(record, block, size);
  }

  /** Packs what is left of a record's cells into a block of a size. */
  pack(record: number, block: number, size: number): void {
    const words = this.#words;
    const [repeats, left] = [this.repeats(record), this.size(record)];
    const start = cellsOf(block, size);
    packCells(words, this.front(record), this.end(record), left, start);
    words[block * UNIT + CELLS] = left | repeats << REPEAT_SHIFT | size << SIZE_SHIFT;
    fillFilter(words, block * UNIT + HEADER, start, start + CELL * left);
  }

  /** The size of a record's block. */
  blockSize(record: number): number {
    return this.#words[record * UNIT + CELLS]! >>> SIZE_SHIFT;
  }

  /** Cells that a record has room for. */
  room(record: number): number {
    return roomOf(this.blockSize(record));
  }

  /** Cells that are used, those that are gone included. */
  used(record: number): number {
    return this.#words[record * UNIT + CELLS]! & NINE;
  }

  /** Cells that are gone. */
  gone(record: number): number {
    return this.used(record) - this.size(record);
  }

  /** Entries that are no more than repeats. */
  repeats(record: number): number {
    return this.#words[record * UNIT + CELLS]! >>> REPEAT_SHIFT & NINE;
  }

  /** The cell after one. */
  next(cell: number): number {
    return cell + CELL;
  }

  /** The cell before one. */
  previous(cell: number): number {
    return cell - CELL;
  }

  /** The cell after the last that is used. */
  end(record: number): number {
    return cellsOf(record, this.blockSize(record)) + CELL * this.used(record);
  }

  /** The first cell that is not gone, or is not known to be. */
  front(record: number): number {
    const gone = this.#words[record * UNIT + CELLS]! >>> FRONT_SHIFT & NINE;
    return cellsOf(record, this.blockSize(record)) + CELL * gone;
  }

  /** One of its counts, see {@linkcode Count}. */
  count(record: number, of: number): number {
    return (this.#words[record * UNIT + COUNTS]! >>> of) & 0xff;
  }

  /** Entries there are. */
  size(record: number): number {
    const counts = this.#words[record * UNIT + COUNTS]!;
    return (counts & 0xff) + (counts >>> 8 & 0xff) + (counts >>> 16);
  }

  /** Counts a hit, on an own port or another, and gives its number. */
  tick(record: number, own: boolean): number {
    const at = record * UNIT + NUMBER;
    return (this.#words[at] = counted(this.#words[at]!, own)) & NUMBER_BITS;
  }

  /** The number of its newest hit. */
  number(record: number): number {
    return this.#words[record * UNIT + NUMBER]! & NUMBER_BITS;
  }

  /** Adds an entry: there must be a free cell. */
  add(record: number, mark: number, print: number, time: number, kind: number): number {
    const words = this.#words;
    const size = this.blockSize(record);
    const used = words[record * UNIT + CELLS]!++ & NINE;
    const cell = cellsOf(record, size) + CELL * used;
    const length = filterOf(size);
    if (length > 0) notePrint(words, record * UNIT + HEADER, length, print);
    words[cell] = print;
    words[cell + MARK] = mark;
    words[cell + TIME] = time;
    words[cell + KIND] = kind;
    words[record * UNIT + COUNTS]! += 1 << countOf(kind);
    return cell;
  }

  /** Forgets an entry. */
  drop(record: number, cell: number): void {
    const kind = this.kind(cell);
    this.#words[record * UNIT + COUNTS]! -= 1 << countOf(kind);
    this.setKind(cell, GONE);
    const isFirst = cell === this.front(record);
    this.#words[record * UNIT + CELLS]! += (isFirst ? 1 << FRONT_SHIFT : 0) -
      (isRepeat(kind) ? 1 << REPEAT_SHIFT : 0);
  }

  /**
   * Whether all entries but the newest are repeats, and the first of them is at the front.
   * In a flood the header tells it: what is further off would have to be fetched.
   */
  onlyRepeats(record: number): boolean {
    const header = this.#words[record * UNIT + CELLS]!;
    const size = this.#words[record * UNIT + COUNTS]!;
    return (header >>> REPEAT_SHIFT & NINE) === size - 1 &&
      (header & NINE) - (header >>> FRONT_SHIFT & NINE) === size;
  }

  /** Forgets the repeat at the front. */
  dropFront(record: number): void {
    this.#words[record * UNIT + COUNTS]! -= 1 << Count.OWN;
    this.#words[record * UNIT + CELLS]! += (1 << FRONT_SHIFT) - (1 << REPEAT_SHIFT);
  }

  /** An entry on an own port changes nothing any more. */
  repeat(record: number, cell: number): void {
    this.setKind(cell, madeRepeat(this.kind(cell)));
    this.#words[record * UNIT + CELLS]! += 1 << REPEAT_SHIFT;
  }

  /** An entry counts in another {@linkcode Count} from now on. */
  recount(record: number, from: number, to: number): void {
    this.#words[record * UNIT + COUNTS]! += (1 << to) - (1 << from);
  }

  /** Whether a record may have a print: of most that it has not it says so. */
  mayHave(record: number, print: number): boolean {
    const length = filterOf(this.blockSize(record));
    return length === 0 ||
      mayHavePrint(this.#words, record * UNIT + HEADER, length, print);
  }

  /** The print of a cell. */
  print(cell: number): number {
    return this.#words[cell]!;
  }

  /** The mark of a cell, signed. */
  mark(cell: number): number {
    return this.#words[cell + MARK]!;
  }

  /** The time of a cell. */
  time(cell: number): number {
    return this.#words[cell + TIME]!;
  }

  /** The kind of a cell. */
  kind(cell: number): number {
    return this.#words[cell + KIND]!;
  }

  /** Changes the kind of a cell. */
  setKind(cell: number, kind: number): void {
    this.#words[cell + KIND] = kind;
  }

  /** Changes the mark of a cell. */
  setMark(cell: number, mark: number): void {
    this.#words[cell + MARK] = mark;
  }
}

function countOf(kind: number): number {
  if (isUse(kind)) return Count.USES;
  return isOwn(kind) ? Count.OWN : Count.FOREIGN;
}
