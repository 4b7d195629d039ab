/**
 * The lists of the records of sources: what is judged, the newest first, and repeats, a ring
 * in which the oldest follows the newest.
 *
 * @module
 */
import { Entries } from "./entries.ts";
import { hitsBetween, isOwn, isUse } from "./entry_kind.ts";
import { Count, Sources } from "./sources.ts";
import { ticksBetween } from "./ticks.ts";

/** How much is kept. */
export interface Capacity {
  /** Sources that are told apart. */
  readonly sources: number;
  /** Packets and uses of all of them. */
  readonly entries: number;
}

/** Records of sources, and their lists of entries. */
export class Lists {
  /** The records. */
  readonly sources: Sources;
  /** What is in their lists. */
  readonly entries: Entries;

  /** No record yet. */
  constructor({ sources, entries }: Capacity) {
    this.sources = new Sources(sources, powerBelow(sources));
    this.entries = new Entries(entries, powerBelow(entries / 2));
  }

  /** Memory that it takes at most. */
  get bytes(): number {
    return this.sources.bytes + this.entries.bytes;
  }

  /** Forgets everything and gives the memory back. */
  clear(): void {
    this.sources.clear();
    this.entries.clear();
  }

  /** Puts an entry behind another one of its record's list, or at its head behind 0. */
  insert(record: number, before: number, entry: number): void {
    const { sources, entries } = this;
    const next = before === 0 ? sources.newest(record) : entries.link(before);
    entries.setLink(entry, next);
    this.#point(record, before, entry);
  }

  /** Forgets the entry that comes behind another one in its record's list. */
  cut(record: number, before: number, entry: number): void {
    this.#point(record, before, this.entries.link(entry));
    const kind = this.entries.kind(entry);
    const count = isUse(kind) ? Count.USES : isOwn(kind) ? Count.OWN : Count.FOREIGN;
    this.sources.add(record, count, -1);
    this.#forget(entry);
  }

  /** Forgets an entry of a record's list. */
  drop(record: number, entry: number): void {
    this.cut(record, this.before(record, entry), entry);
  }

  /** Makes an entry of a record's list, on an own port, a repeat. */
  repeat(record: number, entry: number): void {
    const { sources, entries } = this;
    this.#point(record, this.before(record, entry), entries.link(entry));
    sources.add(record, Count.OWN, -1);
    sources.add(record, Count.REPEATS, 1);
    const last = sources.repeat(record);
    const before = last === 0 ? entry : this.#repeatBefore(last, entries.kind(entry));
    entries.setLink(entry, last === 0 ? entry : entries.link(before));
    if (last !== 0) entries.setLink(before, entry);
    const isNewest = last === 0 ||
      hitsBetween(entries.kind(last), entries.kind(entry)) > 0;
    if (isNewest) sources.setRepeat(record, entry);
  }

  /** The repeat behind which one of this kind comes; the newest one if it is the oldest. */
  #repeatBefore(last: number, kind: number): number {
    const { entries } = this;
    if (hitsBetween(entries.kind(last), kind) > 0) return last;
    let before = last;
    for (;;) {
      const next = entries.link(before);
      if (hitsBetween(entries.kind(next), kind) < 0) return before;
      before = next;
    }
  }

  /** The oldest repeat of a record, 0 for none. */
  oldestRepeat(record: number): number {
    const last = this.sources.repeat(record);
    return last === 0 ? 0 : this.entries.link(last);
  }

  /** Forgets the oldest repeat of a record that has one. */
  dropRepeat(record: number): void {
    const { sources, entries } = this;
    const last = sources.repeat(record);
    const oldest = entries.link(last);
    if (oldest === last) sources.setRepeat(record, 0);
    else entries.setLink(last, entries.link(oldest));
    sources.add(record, Count.REPEATS, -1);
    this.#forget(oldest);
  }

  /** Forgets all that a record has. */
  empty(record: number): void {
    while (this.sources.newest(record) !== 0) {
      this.cut(record, 0, this.sources.newest(record));
    }
    while (this.sources.repeat(record) !== 0) this.dropRepeat(record);
  }

  /** Forgets the older half of what a record has, of its repeats first. */
  halve(record: number): void {
    const repeats = this.sources.count(record, Count.REPEATS);
    for (let i = repeats; i > repeats >> 1; i--) this.dropRepeat(record);
    if (repeats > 0) return;
    let kept = 0;
    for (let i = this.sources.size(record) >> 1; i > 0; i--) {
      kept = kept === 0 ? this.sources.newest(record) : this.entries.link(kept);
    }
    const rest = () => kept === 0 ? this.sources.newest(record) : this.entries.link(kept);
    while (rest() !== 0) this.cut(record, kept, rest());
  }

  /** Whether a record has an entry: prints of different sources are like by chance. */
  has(record: number, wanted: number): boolean {
    const { sources, entries } = this;
    let entry = sources.newest(record);
    while (entry !== 0 && entry !== wanted) entry = entries.link(entry);
    if (entry === wanted) return true;
    const last = sources.repeat(record);
    for (entry = last; entry !== wanted;) {
      entry = entry === 0 ? 0 : entries.link(entry);
      if (entry === last) return false;
    }
    return true;
  }

  /** Forgets the repeats of a record that are older than so many ticks at a time. */
  forgetRepeats(record: number, time: number, ticks: number): void {
    for (;;) {
      const oldest = this.oldestRepeat(record);
      if (oldest === 0 || ticksBetween(this.entries.time(oldest), time) <= ticks) return;
      this.dropRepeat(record);
    }
  }

  /** The last entry of a record's list that is later than a time, 0 for none. */
  laterThan(record: number, time: number): number {
    let later = 0;
    let next = this.sources.newest(record);
    while (next !== 0 && ticksBetween(this.entries.time(next), time) < 0) {
      later = next;
      next = this.entries.link(next);
    }
    return later;
  }

  /** The entry that comes before another one in its record's list, 0 for none. */
  before(record: number, entry: number): number {
    let before = 0;
    for (let each = this.sources.newest(record); each !== entry;) {
      before = each;
      each = this.entries.link(each);
    }
    return before;
  }

  #point(record: number, before: number, entry: number): void {
    if (before === 0) this.sources.setNewest(record, entry);
    else this.entries.setLink(before, entry);
  }

  #forget(entry: number): void {
    if (!isUse(this.entries.kind(entry))) this.entries.leave(entry);
    this.entries.giveBack(entry);
  }
}

function powerBelow(number: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, number)));
}
