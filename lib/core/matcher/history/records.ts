/** The sources that hit something lately, each with a record. */

import { Blocks, UNIT } from "./blocks.ts";
import { Cells } from "./cells.ts";
import { shed } from "./forgetting.ts";
import { roomOf } from "./record_layout.ts";
import { SourceChains } from "./source_chains.ts";
import { ticksBetween } from "./ticks.ts";

/** Records of sources, and what is in them. */
export class Records {
  /** What they are made of: a record is a block. */
  readonly blocks: Blocks;
  /** What is in them. */
  readonly cells: Cells;
  readonly #chains: SourceChains;
  readonly #hashOf: (source: Uint32Array) => number;
  /** In a flood an array for each address would cost more than all else. */
  readonly #address = new Uint32Array(4);

  /** None yet, of sources with these hashes. */
  constructor(units: number, hashOf: (source: Uint32Array) => number) {
    this.blocks = new Blocks(units);
    this.cells = new Cells(this.blocks.words);
    this.#hashOf = hashOf;
    const hashOfRecord = (record: number) => this.#hashOf(this.#addressOf(record));
    this.#chains = new SourceChains(units, this.blocks.words, hashOfRecord);
  }

  /** Memory that it takes at most. */
  get bytes(): number {
    return this.blocks.bytes + this.#chains.bytes;
  }

  /** Forgets everything and gives the memory back, at once. */
  clear(): void {
    this.blocks.clear();
    this.cells.begin(this.blocks.words);
    this.#chains.clear(this.blocks.words);
  }

  /** The record of a source with this hash, -1 if it has none. */
  find(source: Uint32Array, hash: number): number {
    return this.#chains.find(source, hash);
  }

  /** Makes a block the empty record of a source. */
  create(block: number, source: Uint32Array, hash: number): void {
    const { words } = this.blocks;
    for (let i = 0; i < 4; i++) words[block * UNIT + i] = source[i]!;
    this.cells.reset(block, this.blocks.size(block));
    this.#chains.enter(block, hash);
  }

  /** Frees the block of a record. */
  release(record: number): void {
    this.#chains.leave(record, this.#hashOf(this.#addressOf(record)));
    this.blocks.giveBack(record);
  }

  /** Moves a record to another block that has room for it; frees its own. */
  move(record: number, block: number, hash: number): void {
    this.#chains.leave(record, hash);
    this.cells.move(record, block, this.blocks.size(block));
    this.#chains.enter(block, hash);
    this.blocks.giveBack(record);
  }

  /** Makes room where cells are gone. */
  compact(record: number): void {
    this.cells.pack(record, record, this.cells.blockSize(record));
  }

  /** Frees the second half of a record's block; what does not fit into the first is forgotten. */
  halve(record: number): void {
    const size = this.cells.blockSize(record) - 1;
    shed(this.cells, record, roomOf(size));
    this.cells.pack(record, record, size);
    this.blocks.halve(record);
  }

  /** Ticks that a source has been quiet for at a time. */
  quiet(record: number, time: number): number {
    const { cells } = this;
    if (cells.size(record) === 0) return Infinity;
    return ticksBetween(cells.time(cells.previous(cells.end(record))), time);
  }

  /** Until another is asked for. */
  #addressOf(record: number): Uint32Array {
    const { words } = this.blocks;
    for (let i = 0; i < 4; i++) this.#address[i] = words[record * UNIT + i]!;
    return this.#address;
  }
}
