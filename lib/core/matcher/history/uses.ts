/** Which hits of a source were used up by sequences that were complete. */

import { hitsBetween, isOwn, isUse, madeOwn, madeSpent, useKind } from "./entry_kind.ts";
import type { Recent } from "./recent.ts";
import { type Cells, Count } from "./cells.ts";

/** Sequences that a source may have completed lately: as many as there is room for. */
const MOST_USES = 112;

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
  readonly #cells: Cells;
  readonly #recent: Recent;
  readonly #makeRoom: () => void;

  /** Those of the record that is laid out, which `makeRoom` gives a cell more. */
  constructor(cells: Cells, recent: Recent, makeRoom: () => void) {
    this.#cells = cells;
    this.#recent = recent;
    this.#makeRoom = makeRoom;
  }

  /**
   * Notes a use, in the place of earlier ones of that sequence which say no more; where
   * there is no room for it, in the place of the oldest.
   */
  add({ id, partial, repeatable, time }: Use): void {
    const cells = this.#cells;
    const recent = this.#recent;
    recent.take(id);
    if (recent.partial >= 0) this.#drop(recent.partial);
    if (recent.full >= 0 && !partial) this.#drop(recent.full);
    // Not before the newest hit: it is to be forgotten after all that it is about.
    const newest = recent.times[0]!;
    if (cells.count(recent.record, Count.USES) >= MOST_USES) this.#dropOldest();
    this.#makeRoom();
    const kind = useKind(cells.number(recent.record), partial, repeatable);
    cells.add(recent.record, id, time, newest, kind);
  }

  #drop(use: number): void {
    const cell = this.#recent.useCells[use]!;
    // It may have been the oldest.
    if (isUse(this.#cells.kind(cell))) this.#cells.drop(this.#recent.record, cell);
  }

  /** The hits before it count for nothing any more then, as none of them may count twice. */
  #dropOldest(): void {
    const cells = this.#cells;
    const recent = this.#recent;
    let use = cells.front(recent.record);
    while (!isUse(cells.kind(use))) use = cells.next(use);
    for (let i = recent.count - 1; i >= 0; i--) {
      if (hitsBetween(recent.kinds[i]!, cells.kind(use)) < 0) continue;
      if (isOwn(recent.kinds[i]!)) this.retire(i);
      else {
        cells.drop(recent.record, recent.cells[i]!);
        recent.remove(i);
      }
    }
    cells.drop(recent.record, use);
  }

  /** A hit is used up by all sequences that have its port. */
  spend(index: number): void {
    this.#change(index, madeSpent(this.#recent.kinds[index]!));
  }

  /** A hit is on an own port from now on. */
  adopt(index: number): void {
    this.#change(index, madeOwn(this.#recent.kinds[index]!));
    this.#cells.recount(this.#recent.record, Count.FOREIGN, Count.OWN);
  }

  /** A hit is kept for knowing its copies, and for no more. */
  retire(index: number): void {
    this.#cells.repeat(this.#recent.record, this.#recent.cells[index]!);
    this.#recent.remove(index);
  }

  #change(index: number, kind: number): void {
    this.#recent.kinds[index] = kind;
    this.#cells.setKind(this.#recent.cells[index]!, kind);
  }
}
