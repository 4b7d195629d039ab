/**
 * Which hits of a source were used up by sequences that were complete.
 *
 * @module
 */
import { madeOwn, madeSpent, useKind } from "./entry_kind.ts";
import type { Lists } from "./lists.ts";
import type { Recent } from "./recent.ts";
import { Count } from "./sources.ts";

/** Sequences that a source may have completed lately; with more it begins anew. */
export const MOST_USES = 64;

/** How much of a source's hits a sequence uses up. */
export interface Use {
  /** The number of the sequence. */
  readonly id: number;
  /** Only what is not later than `time`, not all so far. */
  readonly partial: boolean;
  /** Whether it may come again for a while, and nothing is said of it. */
  readonly repeatable: boolean;
  /** In ticks; of a use of all, when the sequence was complete first. */
  readonly time: number;
}

/** The uses of the hits of the record that is laid out. */
export class Uses {
  readonly #lists: Lists;
  readonly #recent: Recent;

  /** Those in these lists, of the record that is laid out there. */
  constructor(lists: Lists, recent: Recent) {
    this.#lists = lists;
    this.#recent = recent;
  }

  /**
   * Notes a use, in the place of earlier ones of that sequence which say no more. Where
   * there is no room to note it everything is forgotten: nothing may count twice.
   */
  add(record: number, { id, partial, repeatable, time }: Use): void {
    const { sources, entries } = this.#lists;
    const recent = this.#recent;
    recent.take(id);
    if (recent.partial >= 0) this.#lists.drop(record, recent.useEntries[recent.partial]!);
    if (recent.full >= 0 && !partial) {
      this.#lists.drop(record, recent.useEntries[recent.full]!);
    }
    if (sources.count(record, Count.USES) >= MOST_USES || entries.room === 0) {
      this.#lists.empty(record);
      return recent.clear();
    }
    const kind = useKind(sources.number(record), partial, repeatable);
    // Not before the newest hit: it is to be forgotten after all that it is about.
    const entry = entries.take(id, time, recent.times[0]!, kind);
    this.#lists.insert(record, 0, entry);
    sources.add(record, Count.USES, 1);
  }

  /** A hit is used up by all sequences that have its port. */
  spend(index: number): void {
    this.#change(index, madeSpent(this.#recent.kinds[index]!));
  }

  /** A hit is on an own port from now on. */
  adopt(record: number, index: number): void {
    this.#change(index, madeOwn(this.#recent.kinds[index]!));
    this.#lists.sources.add(record, Count.FOREIGN, -1);
    this.#lists.sources.add(record, Count.OWN, 1);
  }

  #change(index: number, kind: number): void {
    this.#recent.kinds[index] = kind;
    this.#lists.entries.setKind(this.#recent.entries[index]!, kind);
  }
}
