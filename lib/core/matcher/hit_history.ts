/**
 * What is kept of each source: the newest packets on own ports, what it hit besides, and
 * which sequences it completed with them.
 *
 * A packet that changes nothing any more, since as many like it as any sequence has came
 * directly after it, goes over into the record's repeats, by which copies are known.
 *
 * @module
 */
import type { Arrival } from "./arrival.ts";
import { hitsBetween, isOwn, isSpent, isUse, packetKind } from "./entry_kind.ts";
import { halfSipHash } from "./half_sip_hash.ts";
import { type Capacity, Lists } from "./lists.ts";
import { Recent } from "./recent.ts";
import { Count } from "./sources.ts";
import { ticksBetween } from "./ticks.ts";
import { MOST_USES, Uses } from "./uses.ts";

/** Packets on own ports that are kept of a source. */
const OWN_PACKETS = 128;
/** Foreign ports that are kept of a source. */
const FOREIGN_PORTS = 65;
/** Records that are looked at to find one that is to give something up. */
const SAMPLE = 16;
/** Entries that one packet may take: its own, and one for each sequence it completes. */
const RESERVE = MOST_USES + 1;

/** The packets of all sources. */
export class HitHistory {
  /** The record at hand, laid out. */
  readonly recent = new Recent();
  /** What was used up of it. */
  readonly uses: Uses;
  readonly #key: Uint32Array;
  readonly #lists: Lists;
  /** The bits of marks that tell hits apart. */
  #bits = 0;
  #hash = 0;

  /** Nothing yet; the key is a secret of two words. */
  constructor(capacity: Capacity, key: Uint32Array) {
    this.#key = key;
    this.#lists = new Lists(capacity);
    this.uses = new Uses(this.#lists, this.recent);
  }

  /** Compares marks in these bits from now on. */
  compareBy(bits: number): void {
    this.#bits = bits;
  }

  /** Forgets everything and gives the memory back. */
  clear(): void {
    this.#lists.clear();
  }

  /** Changes the marks of all hits. */
  changeMarks(changed: (mark: number) => number): void {
    this.#lists.entries.changeMarks((mark, kind) => isUse(kind) ? mark : changed(mark));
  }

  /** The record of a source, -1 if it has none. */
  find(source: Uint32Array): number {
    this.#hash = this.#hashOf(source);
    return this.#lists.sources.find(source, this.#hash);
  }

  /** A number of the source that was looked for last, which nobody outside knows. */
  get hash(): number {
    return this.#hash;
  }

  /** Makes a record for the source that was looked for last and has none. */
  create(source: Uint32Array, time: number): number {
    const { sources } = this.#lists;
    if (sources.hasRoom) return sources.create(source, this.#hash);
    const record = sources.quietest(SAMPLE, time);
    this.#lists.empty(record);
    sources.release(record, this.#hashOf(sources.address(record)));
    return sources.create(source, this.#hash, record);
  }

  /** Whether a record has a packet on an own port with this print, at most so many ticks from a time. */
  has(
    record: number,
    { print, mark, time }: Readonly<Arrival>,
    ticks: number,
  ): boolean {
    const { entries } = this.#lists;
    for (let each = entries.like(print); each !== 0; each = entries.nextLike(each)) {
      if (entries.print(each) !== print || this.#differ(entries.mark(each), mark)) {
        continue;
      }
      if (!isOwn(entries.kind(each))) continue;
      const apart = Math.abs(ticksBetween(entries.time(each), time));
      if (apart <= ticks && this.#lists.has(record, each)) return true;
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
    const { entries, sources } = this.#lists;
    this.recent.clear();
    let before = 0;
    for (let entry = sources.newest(record); entry !== 0;) {
      const next = entries.link(entry);
      const kind = entries.kind(entry);
      const mark = entries.mark(entry);
      const at = entries.time(entry);
      const most = longer === undefined || isUse(kind) ? ticks : longer(mark);
      if (ticksBetween(at, time) > most || ticksBetween(latest, at) > 0) {
        this.#lists.cut(record, before, entry);
      } else {
        before = entry;
        if (isUse(kind)) this.recent.addUse(entry, mark, entries.print(entry), kind);
        else this.recent.append(entry, mark, at, kind);
      }
      entry = next;
    }
    this.#lists.forgetRepeats(record, time, ticks);
  }

  /**
   * Sees to it that a packet can be added to a record; nothing may be laid out yet. When it
   * gets tight, who has repeats pays with them, and then whoever has most.
   */
  makeRoom(record: number): void {
    const { entries, sources } = this.#lists;
    if (entries.room >= 2 * RESERVE) return;
    if (sources.repeat(record) !== 0) this.#lists.dropRepeat(record);
    while (entries.room < RESERVE) {
      const fattest = sources.fattest(SAMPLE);
      if (fattest >= 0) this.#lists.halve(fattest);
    }
  }

  /** Forgets what is older than so many ticks at a time, of all sources. */
  sweep(time: number, ticks: number): void {
    for (let record = this.#lists.sources.used - 1; record >= 0; record--) {
      this.lay(record, time, time, ticks);
    }
  }

  /** Adds a packet to the record that is laid out. */
  add(record: number, packet: Readonly<Arrival>): void {
    const { entries, sources } = this.#lists;
    const { mark, print, time, own, waited } = packet;
    const kind = packetKind(sources.tick(record, time), own, waited);
    if (own) this.#retire(record, packet);
    else if (!this.#replace(record, packet)) return;
    const entry = entries.take(mark, print, time, kind);
    entries.enter(entry);
    this.#lists.insert(record, this.#lists.laterThan(record, time), entry);
    this.recent.insert(entry, mark, time, kind);
    sources.add(record, own ? Count.OWN : Count.FOREIGN, 1);
    this.#bound(record);
  }

  /** Whatever a hit on an own port leaves without effect becomes a repeat. */
  #retire(record: number, { mark, time, repeats }: Readonly<Arrival>): void {
    const { kinds, marks, times, entries } = this.recent;
    this.recent.repeats = false;
    if (this.recent.count > 0 && ticksBetween(times[0]!, time) < 0) return;
    let run = 0;
    for (let i = 0; i < this.recent.count; i++) {
      if (!isOwn(kinds[i]!)) continue;
      if (this.#differ(marks[i]!, mark)) run = NaN;
      else if (isSpent(kinds[i]!) || ++run >= repeats) {
        if (!isSpent(kinds[i]!)) this.recent.repeats = true;
        this.#lists.repeat(record, entries[i]!);
        this.recent.remove(i--);
      }
    }
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
    const { sources } = this.#lists;
    const own = sources.count(record, Count.OWN) + sources.count(record, Count.REPEATS);
    if (own > OWN_PACKETS) this.#dropOldestOwn(record);
    if (sources.count(record, Count.FOREIGN) > FOREIGN_PORTS) {
      this.#drop(record, this.#oldest(false));
    }
  }

  #dropOldestOwn(record: number): void {
    const oldest = this.#oldest(true);
    const repeat = this.#lists.oldestRepeat(record);
    const isRepeat = oldest < 0 || repeat !== 0 &&
        hitsBetween(this.#lists.entries.kind(repeat), this.recent.kinds[oldest]!) > 0;
    if (isRepeat) this.#lists.dropRepeat(record);
    else this.#drop(record, oldest);
  }

  /** The oldest hit that is on an own port, or on a foreign one; -1 for none. */
  #oldest(own: boolean): number {
    let i = this.recent.count - 1;
    while (i >= 0 && isOwn(this.recent.kinds[i]!) !== own) i--;
    return i;
  }

  #drop(record: number, index: number): void {
    this.#lists.drop(record, this.recent.entries[index]!);
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
