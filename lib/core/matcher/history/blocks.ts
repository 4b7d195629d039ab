/**
 * Memory in blocks of one, two, four … units, in one array that never grows (a buddy
 * system: two neighbours that are free are one block of twice the size; Knowlton, A fast
 * storage allocator, 1965). What was never used takes none of the machine's memory.
 */

/** Words of a unit: what a source takes that has sent one packet, as most do in a flood. */
export const UNIT = 12;
/** Blocks have at most 2 to the power of this units. */
const LARGEST = 7;

const FREE = 0x80;
const NONE = -1;

/** What is smaller is not worth giving back, bytes. */
const SMALL = 2 ** 20;
/**
 * Of glibc a program gets back what it has freed, cleared byte by byte, and the system gets
 * none of it (M_MMAP_THRESHOLD in mallopt(3)): but for what is larger than this, bytes.
 */
const KEPT_BY_MALLOC = 2 ** 25;

/** Blocks, each known by the number of its first unit; its size is a power of two. */
export class Blocks {
  readonly #units: number;
  readonly #largest: number;
  #words!: Int32Array<ArrayBuffer>;
  /** Of each first unit: the size of its block plus one, and whether that is free. */
  #states!: Uint8Array<ArrayBuffer>;
  /** The first free block of each size. */
  readonly #free = new Int32Array(LARGEST + 1);
  /** Units from here on were never used. */
  #fresh = 0;

  /** All free; a multiple of the largest block, or a power of two below it. */
  constructor(units: number) {
    this.#units = units;
    this.#largest = Math.min(LARGEST, Math.floor(Math.log2(units)));
    this.#allocate();
  }

  /** What is in them: unit after unit. */
  get words(): Int32Array {
    return this.#words;
  }

  /** The power of two of the largest block. */
  get largest(): number {
    return this.#largest;
  }

  /** Memory that it takes at most. */
  get bytes(): number {
    return this.#words.byteLength + this.#states.byteLength;
  }

  /** Units that were used so far: those with lower numbers. */
  get used(): number {
    return this.#fresh;
  }

  /** Frees all, and gives the memory back at once: a collection may be far off. */
  clear(): void {
    this.#words.buffer.transfer(0);
    this.#states.buffer.transfer(0);
    this.#allocate();
  }

  #allocate(): void {
    const length = this.#units * UNIT;
    const bytes = length * Int32Array.BYTES_PER_ELEMENT;
    const buffer = new ArrayBuffer(
      bytes < SMALL ? bytes : Math.max(bytes, KEPT_BY_MALLOC + 1),
    );
    this.#words = new Int32Array(buffer, 0, length);
    this.#states = new Uint8Array(this.#units);
    this.#free.fill(NONE);
    this.#fresh = 0;
  }

  /** The size of a block that was taken. */
  size(block: number): number {
    return this.#states[block]! - 1;
  }

  /** A block of a size that was free, -1 if there is none. */
  take(size: number): number {
    let found = size;
    while (found <= this.#largest && this.#free[found] === NONE) found++;
    if (found > this.#largest && !this.#begin()) return NONE;
    found = Math.min(found, this.#largest);
    const block = this.#free[found]!;
    this.#unlink(block, found);
    while (found > size) this.#link(block + (1 << --found), found);
    this.#states[block] = size + 1;
    return block;
  }

  /** Frees a block. */
  giveBack(block: number): void {
    let size = this.size(block);
    this.#states[block] = 0;
    for (; size < this.#largest; size++) {
      const buddy = block ^ (1 << size);
      if (this.#states[buddy] !== (size + 1 | FREE)) break;
      this.#unlink(buddy, size);
      block &= ~(1 << size);
    }
    this.#link(block, size);
  }

  /** Frees the second half of a block. */
  halve(block: number): void {
    const size = this.size(block) - 1;
    this.#states[block] = size + 1;
    this.#states[block + (1 << size)] = size + 1;
    this.giveBack(block + (1 << size));
  }

  /** The block that a unit is part of, -1 if that is free. */
  at(unit: number): number {
    for (let size = 0; size <= this.#largest; size++) {
      const block = unit & ~((1 << size) - 1);
      const state = this.#states[block]!;
      if (state !== 0 && unit < block + (1 << (state & ~FREE) - 1)) {
        return (state & FREE) === 0 ? block : NONE;
      }
    }
    return NONE;
  }

  /** The next block that was taken, from a unit on and before another; -1 for none. */
  next(unit: number, end: number): number {
    while (unit < end && (this.#states[unit] === 0 || this.#states[unit]! >= FREE)) {
      unit++;
    }
    return unit < end ? unit : NONE;
  }

  #begin(): boolean {
    if (this.#fresh >= this.#units) return false;
    this.#link(this.#fresh, this.#largest);
    this.#fresh += 1 << this.#largest;
    return true;
  }

  /** The first two words of what is free are its neighbours in the list. */
  #link(block: number, size: number): void {
    const next = this.#free[size]!;
    this.#states[block] = size + 1 | FREE;
    this.#words[block * UNIT] = next;
    this.#words[block * UNIT + 1] = NONE;
    if (next !== NONE) this.#words[next * UNIT + 1] = block;
    this.#free[size] = block;
  }

  #unlink(block: number, size: number): void {
    const next = this.#words[block * UNIT]!;
    const previous = this.#words[block * UNIT + 1]!;
    this.#states[block] = 0;
    if (previous === NONE) this.#free[size] = next;
    else this.#words[previous * UNIT] = next;
    if (next !== NONE) this.#words[next * UNIT + 1] = previous;
  }
}
