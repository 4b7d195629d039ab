/**
 * What is kept of each source: the newest packets on own ports, what it hit besides, and
 * which sequences it completed with them.
 *
 * A packet that changes nothing any more, since as many like it as any sequence has came
 * directly after it, becomes a repeat, by which copies are known.
 */

import type { Arrival } from "./arrival.ts";
import { isOwn, isPast, isRepeat, isSpent, isUse, packetKind } from "./entry_kind.ts";
import { forgetRepeats, oldest } from "./forgetting.ts";
import { halfSipHash } from "./half_sip_hash.ts";
import { Recent } from "./recent.ts";
import { type Cells, Count } from "./cells.ts";
import { Records } from "./records.ts";
import { Room } from "./room.ts";
import { ticksBetween } from "./ticks.ts";
import { Uses } from "./uses.ts";

/** Packets on own ports that are kept of a source. */
const OWN_PACKETS = 128;
/** Foreign ports that are kept of a source. */
const FOREIGN_PORTS = 65;

/** The packets of all sources. */
export class HitHistory {
  /** The record at hand, laid out. */
  readonly recent = new Recent();
  /** What was used up of it. */
  readonly uses: Uses;
  readonly #key: Uint32Array;
  readonly #records: Records;
  readonly #cells: Cells;
  readonly #room: Room;
  /** The bits of marks that tell hits apart. */
  #bits = 0;
  #hash = 0;

  /** Nothing yet; `units` of memory (see blocks.ts), the key is a secret of two words. */
  constructor(units: number, key: Uint32Array) {
    this.#key = key;
    this.#records = new Records(units);
    this.#cells = this.#records.cells;
    this.#room = new Room(this.#records, (source) => this.#hashOf(source));
    this.uses = new Uses(this.#cells, this.recent, () => this.#stretch());
  }

  /** Compares marks in these bits from now on. */
  compareBy(bits: number): void {
    this.#bits = bits;
  }

  /** Forgets everything and gives the memory back. */
  clear(): void {
    this.#records.clear();
  }

  /** Changes the marks of all hits. */
  changeMarks(changed: (mark: number) => number): void {
    const cells = this.#cells;
    this.#each((record) => {
      for (let cell = cells.used(record) - 1; cell >= 0; cell--) {
        if (isUse(cells.kind(record, cell))) continue;
        cells.setMark(record, cell, changed(cells.mark(record, cell)));
      }
    });
  }

  /** The record of a source, -1 if it has none. */
  find(source: Uint32Array): number {
    this.#hash = this.#hashOf(source);
    return this.#records.find(source, this.#hash);
  }

  /** A number of the source that was looked for last, which nobody outside knows. */
  get hash(): number {
    return this.#hash;
  }

  /** Makes a record for the source that was looked for last and has none. */
  create(source: Uint32Array, time: number): number {
    const record = this.#room.take(0, time);
    this.#records.create(record, source, this.#hash);
    return record;
  }

  /** Whether a record has a packet on an own port with this print, at most so many ticks from a time. */
  has(record: number, { print, mark, time }: Readonly<Arrival>, ticks: number): boolean {
    const cells = this.#cells;
    const used = cells.used(record);
    for (let cell = 0; (cell = cells.like(record, print, cell)) < used; cell++) {
      const kind = cells.kind(record, cell);
      if (!isOwn(kind) || isUse(kind)) continue;
      if (this.#differ(cells.mark(record, cell), mark)) continue;
      if (Math.abs(ticksBetween(cells.time(record, cell), time)) <= ticks) return true;
    }
    return false;
  }

  /**
   * Lays a record out, and forgets what is older than `ticks` at a time, or than what
   * `longer` gives for its mark, and what is later than `latest`: the clock was set back.
   */
  lay(
    record: number,
    time: number,
    latest: number,
    ticks: number,
    longer?: (mark: number) => number,
  ): void {
    const cells = this.#cells;
    this.recent.begin(record);
    let left = cells.size(record) - cells.repeats(record);
    for (let cell = cells.used(record) - 1; left > 0; cell--) {
      const kind = cells.kind(record, cell);
      if (isPast(kind)) continue;
      left--;
      const at = cells.time(record, cell);
      const most = longer === undefined || isUse(kind)
        ? ticks
        : longer(cells.mark(record, cell));
      if (ticksBetween(at, time) > most || ticksBetween(latest, at) > 0) {
        cells.drop(record, cell);
      } else this.#layCell(record, cell, at, kind);
    }
  }

  #layCell(record: number, cell: number, time: number, kind: number): void {
    const mark = this.#cells.mark(record, cell);
    if (!isUse(kind)) return this.recent.append(cell, mark, time, kind);
    this.recent.addUse(cell, mark, this.#cells.print(record, cell), kind);
  }

  /**
   * Sees to it that a packet can be added to the record of the source that was looked for
   * last, before it is laid out; gives the record, which may have moved.
   */
  makeRoom(record: number, time: number, ticks: number): number {
    const cells = this.#cells;
    if (cells.used(record) < cells.room(record)) return record;
    forgetRepeats(this.#cells, record, time, ticks);
    return this.#room.enlarge(record, this.#hash, time);
  }

  /** The same for a use, while the record is laid out. */
  #stretch(): void {
    const cells = this.#cells;
    const { recent } = this;
    if (cells.used(recent.record) < cells.room(recent.record)) return;
    const time = recent.times[0]!;
    const record = this.#room.enlarge(recent.record, this.#hash, time);
    const { latest, repeats } = recent;
    this.lay(record, time, time, Infinity);
    recent.latest = latest;
    recent.repeats = repeats;
  }

  /** Forgets what is older than so many ticks at a time, of all sources. */
  sweep(time: number, ticks: number): void {
    this.#each((record) => {
      this.lay(record, time, time, ticks);
      forgetRepeats(this.#cells, record, time, ticks);
    });
  }

  #each(visit: (record: number) => void): void {
    const { blocks } = this.#records;
    for (let next = 0; (next = blocks.next(next, blocks.used)) >= 0; next++) visit(next);
  }

  /** Adds a packet to the record that is laid out. */
  add(record: number, packet: Readonly<Arrival>): void {
    const { mark, print, time, own, waited } = packet;
    const kind = packetKind(this.#cells.tick(record), own, waited);
    if (own) this.#retire(packet);
    else if (!this.#replace(record, packet)) return;
    const cell = this.#cells.add(record, mark, print, time, kind);
    this.recent.insert(cell, mark, time, kind);
    this.#bound(record);
  }

  /** Whatever a hit on an own port leaves without effect becomes a repeat. */
  #retire({ mark, time, repeats }: Readonly<Arrival>): void {
    const { kinds, marks, times } = this.recent;
    this.recent.repeats = false;
    if (this.recent.count > 0 && ticksBetween(times[0]!, time) < 0) return;
    let run = 0;
    for (let i = 0; i < this.recent.count; i++) {
      if (!isOwn(kinds[i]!)) continue;
      if (this.#differ(marks[i]!, mark)) run = NaN;
      else if (isSpent(kinds[i]!) || ++run >= repeats) {
        if (!isSpent(kinds[i]!)) this.recent.repeats = true;
        this.uses.retire(i--);
      }
    }
  }

  /** Whether no door tells two of the hits at hand apart. */
  alike(one: number, other: number): boolean {
    return !this.#differ(this.recent.marks[one]!, this.recent.marks[other]!);
  }

  /** Of a foreign port the newest hit alone is kept; whether this is the newest. */
  #replace(record: number, { mark, time }: Readonly<Arrival>): boolean {
    const { kinds, marks, times } = this.recent;
    for (let i = 0; i < this.recent.count; i++) {
      if (isOwn(kinds[i]!) || this.#differ(marks[i]!, mark)) continue;
      if (ticksBetween(times[i]!, time) < 0) return false;
      this.#drop(record, i);
    }
    return true;
  }

  /** Keeps a record within its bounds. */
  #bound(record: number): void {
    const cells = this.#cells;
    if (cells.count(record, Count.OWN) > OWN_PACKETS) this.#dropOldest(record, true);
    if (cells.count(record, Count.FOREIGN) > FOREIGN_PORTS) {
      this.#dropOldest(record, false);
    }
  }

  #dropOldest(record: number, own: boolean): void {
    const cell = oldest(this.#cells, record, own);
    const isJudged = !isRepeat(this.#cells.kind(record, cell));
    this.#cells.drop(record, cell);
    if (isJudged) this.recent.remove(this.recent.indexOf(cell));
  }

  #drop(record: number, index: number): void {
    this.#cells.drop(record, this.recent.cells[index]!);
    this.recent.remove(index);
  }

  #differ(a: number, b: number): boolean {
    return ((a ^ b) & this.#bits) !== 0;
  }

  #hashOf(source: Uint32Array): number {
    const isIpv4 = source[0] === 0 && source[1] === 0 && source[2] === 0xffff;
    return halfSipHash(source, isIpv4 ? 3 : 0, this.#key);
  }
}
