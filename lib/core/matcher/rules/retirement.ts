/**
 * A source that hits a few ports again and again leaves hits that no sequence can use any
 * more. They are kept for knowing their copies, and not judged with each packet.
 */

import { isOwn } from "../history/entry_kind.ts";
import type { HitHistory } from "../history/hit_history.ts";
import { knockOf } from "../index/mark.ts";
import type { SequenceIndex } from "../index/sequence_index.ts";

/** Fewer hits are judged as fast as they are looked through. */
const FEW = 6;
/** Of a knock of more sequences than this, ordered ones among them, all is kept. */
const MOST_SEQUENCES = 16;

/** Retires hits like the newest of the record that is laid out. */
export class Retirement {
  readonly #index: SequenceIndex;
  readonly #history: HitHistory;

  /** Of hits that nothing in this index can use. */
  constructor(index: SequenceIndex, history: HitHistory) {
    this.#index = index;
    this.#history = history;
  }

  /**
   * Retires older hits with the knock of the newest, which was just added. Of a sequence in
   * any order the newest hit on each port counts; one in order takes the newest runs, as
   * many as it has, and newer hits never make these fewer. As a foreign port the newest
   * stands for all.
   */
  retire(knock: number): void {
    const { recent } = this.#history;
    if (recent.count <= FEW || !recent.hasAlike) return;
    const from = this.#endOfUse(knock);
    for (let i = recent.count - 1; i >= from; i--) {
      if (isOwn(recent.kinds[i]!) && this.#history.additions.alike(i, 0)) {
        this.#history.uses.retire(i);
      }
    }
  }

  /** The index from which on hits like the newest are of no use. */
  #endOfUse(knock: number): number {
    const { rows } = this.#index;
    if (!rows.isInOrdered(knock)) return 1;
    const end = rows.end(knock);
    let most = 1;
    let count = 0;
    for (let row = rows.start(knock); row < end; row = rows.next(row)) {
      if (++count > MOST_SEQUENCES) return Infinity;
      if (rows.isOrdered(row)) most = Math.max(most, this.#endOfRuns(row));
    }
    return most;
  }

  /**
   * The index behind the newest runs of a sequence, as many as it has, and one more, which
   * keeps the last of them apart from what is left of older hits.
   */
  #endOfRuns(row: number): number {
    const { recent } = this.#history;
    const candidate = this.#index.candidate(row);
    recent.take(candidate.id);
    let left = candidate.runs.length + 1;
    let knock = -1;
    let at = candidate.nextOwn(recent, 0);
    for (; at < recent.count; at = candidate.nextOwn(recent, at + 1)) {
      const next = knockOf(recent.marks[at]!);
      if (next !== knock && left-- === 0) break;
      knock = next;
    }
    return at;
  }
}
