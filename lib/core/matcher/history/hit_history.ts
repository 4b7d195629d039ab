/**
 * What is kept of each source: the newest packets on own ports, what it hit besides, and
 * which sequences it completed with them.
 */

import { isIpv4 } from "../../address_words.ts";
import type { Destinations } from "../destinations.ts";
import { Additions } from "./additions.ts";
import type { Arrival } from "./arrival.ts";
import { hasCopy } from "./copies.ts";
import { hitsBetween, isPast, isUse } from "./entry_kind.ts";
import { forgetRepeats } from "./forgetting.ts";
import { halfSipHash } from "./half_sip_hash.ts";
import { OLDEST } from "./numbering.ts";
import { Recent } from "./recent.ts";
import type { Cells } from "./cells.ts";
import { Records } from "./records.ts";
import { Room } from "./room.ts";
import { ticksBetween } from "./ticks.ts";
import { Uses } from "./uses.ts";

/** Ticks that no hit is older than. */
const FOREVER = 2 ** 31 - 1;

/** The packets of all sources. */
export class HitHistory {
  /** The record at hand, laid out. */
  readonly recent = new Recent();
  /** What was used up of it. */
  readonly uses: Uses;
  /** What is added to it. */
  readonly additions: Additions;
  /** Those whose classes the marks of all hits have in them, once there is a hit. */
  destinations: Destinations | undefined;
  /** When the latest hit was added, Unix milliseconds. */
  newest: number = -Infinity;
  /** When it was swept last, Unix milliseconds. */
  swept: number = -Infinity;
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
    this.#records = new Records(units, (source) => this.#hashOf(source));
    this.#cells = this.#records.cells;
    this.#room = new Room(this.#records);
    this.uses = new Uses(this.#cells, this.recent, () => this.#stretch());
    this.additions = new Additions(this.#cells, this.recent, this.uses);
  }

  /** Compares marks in these bits from now on. */
  compareBy(bits: number): void {
    this.#bits = bits;
    this.additions.compareBy(bits);
  }

  /** Forgets everything and gives the memory back. */
  clear(): void {
    this.#records.clear();
  }

  /** Changes the marks of all hits. */
  changeMarks(changed: (mark: number) => number): void {
    const cells = this.#cells;
    this.#each((record) => {
      const end = cells.end(record);
      for (let cell = cells.front(record); cell < end; cell = cells.next(cell)) {
        if (!isUse(cells.kind(cell))) cells.setMark(cell, changed(cells.mark(cell)));
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

  /** Whether a packet is a copy of one on an own port, at most so many ticks from it. */
  has(record: number, packet: Readonly<Arrival>, ticks: number): boolean {
    return hasCopy(this.#cells, record, packet, this.#bits, ticks);
  }

  /**
   * Lays a record out, and forgets what is older than `ticks` at a time, or than what
   * `longer` gives for its mark, what is later than `latest`: the clock was set back, and
   * what too many hits came after.
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
    const number = cells.number(record);
    let left = cells.size(record) - cells.repeats(record);
    for (let cell = cells.end(record); left > 0;) {
      cell = cells.previous(cell);
      const kind = cells.kind(cell);
      if (isPast(kind)) continue;
      left--;
      const at = cells.time(cell);
      const most = longer === undefined || isUse(kind) ? ticks : longer(cells.mark(cell));
      const isGone = ticksBetween(at, time) > most || ticksBetween(latest, at) > 0 ||
        hitsBetween(kind, number) > OLDEST;
      if (isGone) cells.drop(record, cell);
      else this.#layCell(cell, at, kind);
    }
  }

  #layCell(cell: number, time: number, kind: number): void {
    const mark = this.#cells.mark(cell);
    if (!isUse(kind)) return this.recent.append(cell, mark, time, kind);
    this.recent.addUse(cell, mark, this.#cells.print(cell), kind);
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
    const { repeats } = recent;
    this.lay(record, time, time, FOREVER);
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

  #hashOf(source: Uint32Array): number {
    return halfSipHash(source, isIpv4(source) ? 3 : 0, this.#key);
  }
}
