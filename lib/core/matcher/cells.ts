/**
 * What is in the records of sources. Each is in one piece: a packet costs few cache misses,
 * however many sources and packets there are.
 *
 *     words 0-3  the address
 *     word  4    see source_chains.ts
 *     word  5    how many entries: on own ports, on others, uses; 8 bits each
 *     word  6    the running number of its newest hit
 *     word  7    cells that are used; repeats among them; cells at the front that are gone,
 *                9 bits each; size of its block
 *     then       of larger records: a filter of the prints, of a word for each unit
 *     then       the cells, of four words: print, mark, time, kind
 *
 * A cell is an entry, in the order in which they came, or one that is gone.
 *
 *     print  what tells the packet from others with the same mark; of a use: a time
 *     mark   see mark.ts; of a use: the number of the sequence
 *     time   in ticks (see ticks.ts)
 *     kind   and running number (see entry_kind.ts)
 */

import { UNIT } from "./blocks.ts";
import { GONE, isOwn, isRepeat, isUse, madeRepeat } from "./entry_kind.ts";
import { mayHavePrint, notePrint } from "./print_filter.ts";

const HEADER = 8;
const NUMBER = 6;
const CELLS = 7;
const NINE = 0x1ff;
const REPEAT_SHIFT = 9;
const FRONT_SHIFT = 18;
const SIZE_SHIFT = 27;
/** Records from this size on have a filter. */
const FILTERED = 3;
const MARK = 1;
const TIME = 2;
const KIND = 3;

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
    const [used, repeats] = [this.used(record), this.repeats(record)];
    const from = cellsOf(record, this.blockSize(record));
    const start = cellsOf(block, size);
    let to = start;
    for (let at = from; at < from + 4 * used; at += 4) {
      if (words[at + KIND] === GONE) continue;
      for (let i = 0; i < 4; i++) words[to++] = words[at + i]!;
    }
    words[block * UNIT + CELLS] = (to - start) >> 2 | repeats << REPEAT_SHIFT |
      size << SIZE_SHIFT;
    if (size >= FILTERED) this.#filter(block, start, to);
  }

  #filter(record: number, start: number, end: number): void {
    const filter = record * UNIT + HEADER;
    const words = this.#words.fill(0, filter, start);
    const size = this.blockSize(record);
    for (let at = start; at < end; at += 4) notePrint(words, filter, size, words[at]!);
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

  /** Cells before this one are gone. */
  front(record: number): number {
    return this.#words[record * UNIT + CELLS]! >>> FRONT_SHIFT & NINE;
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

  /** Counts a hit, and gives its number. */
  tick(record: number): number {
    return ++this.#words[record * UNIT + NUMBER]!;
  }

  /** The number of its newest hit. */
  number(record: number): number {
    return this.#words[record * UNIT + NUMBER]!;
  }

  /** Adds an entry: there must be a free cell. */
  add(record: number, mark: number, print: number, time: number, kind: number): number {
    const words = this.#words;
    const size = this.blockSize(record);
    const cell = words[record * UNIT + CELLS]!++ & NINE;
    const at = cellsOf(record, size) + 4 * cell;
    if (size >= FILTERED) notePrint(words, record * UNIT + HEADER, size, print);
    words[at] = print;
    words[at + MARK] = mark;
    words[at + TIME] = time;
    words[at + KIND] = kind;
    words[record * UNIT + COUNTS]! += 1 << countOf(kind);
    return cell;
  }

  /** Forgets an entry. */
  drop(record: number, cell: number): void {
    const kind = this.kind(record, cell);
    this.#words[record * UNIT + COUNTS]! -= 1 << countOf(kind);
    this.setKind(record, cell, GONE);
    const isFirst = cell === this.front(record);
    this.#words[record * UNIT + CELLS]! += (isFirst ? 1 << FRONT_SHIFT : 0) -
      (isRepeat(kind) ? 1 << REPEAT_SHIFT : 0);
  }

  /** An entry on an own port changes nothing any more. */
  repeat(record: number, cell: number): void {
    this.setKind(record, cell, madeRepeat(this.kind(record, cell)));
    this.#words[record * UNIT + CELLS]! += 1 << REPEAT_SHIFT;
  }

  /** An entry counts in another {@linkcode Count} from now on. */
  recount(record: number, from: number, to: number): void {
    this.#words[record * UNIT + COUNTS]! += (1 << to) - (1 << from);
  }

  /** The first cell from one on that has a print; those used where none has. */
  like(record: number, print: number, from: number): number {
    const words = this.#words;
    const size = this.blockSize(record);
    const used = this.used(record);
    if (size >= FILTERED && !mayHavePrint(words, record * UNIT + HEADER, size, print)) {
      return used;
    }
    const start = cellsOf(record, size);
    let cell = from;
    while (cell < used && words[start + 4 * cell] !== print) cell++;
    return cell;
  }

  #at(record: number, cell: number): number {
    return cellsOf(record, this.blockSize(record)) + 4 * cell;
  }

  /** The print of a cell. */
  print(record: number, cell: number): number {
    return this.#words[this.#at(record, cell)]!;
  }

  /** The mark of a cell, signed. */
  mark(record: number, cell: number): number {
    return this.#words[this.#at(record, cell) + MARK]!;
  }

  /** The time of a cell. */
  time(record: number, cell: number): number {
    return this.#words[this.#at(record, cell) + TIME]!;
  }

  /** The kind of a cell. */
  kind(record: number, cell: number): number {
    return this.#words[this.#at(record, cell) + KIND]!;
  }

  /** Changes the kind of a cell. */
  setKind(record: number, cell: number, kind: number): void {
    this.#words[this.#at(record, cell) + KIND] = kind;
  }

  /** Changes the mark of a cell. */
  setMark(record: number, cell: number, mark: number): void {
    this.#words[this.#at(record, cell) + MARK] = mark;
  }
}

/** Cells that a block of a size has room for. */
export function roomOf(size: number): number {
  return ((UNIT << size) - HEADER - filterOf(size)) >> 2;
}

function cellsOf(record: number, size: number): number {
  return record * UNIT + HEADER + filterOf(size);
}

/** Words of the filter: none, or 2 to the power of the size. */
function filterOf(size: number): number {
  return (1 << size) & -(1 << FILTERED);
}

function countOf(kind: number): number {
  if (isUse(kind)) return Count.USES;
  return isOwn(kind) ? Count.OWN : Count.FOREIGN;
}
