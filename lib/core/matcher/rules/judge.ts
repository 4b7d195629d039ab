/** Judges the live sequences by the hits of a source, and says what follows. */

import type { Hit } from "../../hit.ts";
import type { Refusal } from "../../refusal.ts";
import type { Candidate } from "../index/candidate.ts";
import { isOwn, isRepeatable } from "../history/entry_kind.ts";
import type { HitHistory } from "../history/hit_history.ts";
import { judgeInAnyOrder } from "./in_any_order.ts";
import { judgeInOrder } from "./in_order.ts";
import { Judgement } from "./judgement.ts";
import { KnockSet } from "../index/knock_set.ts";
import { knockOf } from "../index/mark.ts";
import type { MatchListener } from "../match_listener.ts";
import { Progress } from "./progress.ts";
import type { SequenceIndex } from "../index/sequence_index.ts";
import { ticksBetween, toMilliseconds, toTicks } from "../history/ticks.ts";
import type { Views } from "../index/view.ts";

/** Other hits of a source between the first and the last of a sequence: more are a scan. */
export const MOST_OTHERS = 100;
/** So many of a sequence's ports are no accident. */
const MANY = 3;

/** How many ports of a sequence have to come before somebody is told what is missing. */
export function farAmong(length: number): number {
  return Math.min(MANY, length - 1);
}

/** Judges live sequences. */
export class Judge {
  readonly #index: SequenceIndex;
  readonly #views: Views;
  readonly #history: HitHistory;
  readonly #listener: MatchListener;
  readonly #judgement = new Judgement();
  /** Those of the knocks at hand that count in one view. */
  readonly #present = new KnockSet();
  #presentView = -1;
  /** The first row of those that the packet at hand counts for. */
  #first = 0;
  readonly #stages = new Progress();
  readonly #nearness = new Progress();
  #toldRow = -1;
  readonly #told = () => this.#index.candidate(this.#toldRow).live;
  readonly #tellStage = (row: number, stage: number, hit: Hit) => {
    this.#toldRow = row;
    this.#listener.advanced(this.#told, hit, stage);
  };
  readonly #tellNearness = (row: number, came: number, hit: Hit) => {
    this.#toldRow = row;
    this.#listener.neared?.(this.#told, hit, came);
  };

  /** Judges what is in this index by the hits in this history. */
  constructor(
    index: SequenceIndex,
    views: Views,
    history: HitHistory,
    listener: MatchListener,
  ) {
    this.#index = index;
    this.#views = views;
    this.#history = history;
    this.#listener = listener;
  }

  /** Whether a packet counts for some live sequence. */
  concerns(knock: number, mark: number, source: Uint32Array): boolean {
    const { rows } = this.#index;
    const end = rows.end(knock);
    this.#first = this.#next(rows.start(knock), end, mark, source);
    return this.#first < end;
  }

  /** Judges all sequences for which the packet counts that was asked about last. */
  all(knock: number, hit: Hit): void {
    const { rows } = this.#index;
    const { recent } = this.#history;
    const mark = recent.marks[recent.latest]!;
    const end = rows.end(knock);
    this.#begin();
    for (let row = this.#first; row < end;) {
      this.#judge(row, hit);
      row = this.#next(rows.next(row), end, mark, hit.source);
    }
    this.#tell(hit);
  }

  /** Judges one sequence. */
  one(row: number, hit: Hit): void {
    this.#begin();
    this.#judge(row, hit);
    this.#tell(hit);
  }

  /** Makes the hits at hand that a sequence owns hits on own ports. */
  adopt(row: number): void {
    const { recent, uses } = this.#history;
    const candidate = this.#index.candidate(row);
    for (let i = 0; i < recent.count; i++) {
      const mark = recent.marks[i]!;
      if (isOwn(recent.kinds[i]!) || !candidate.owns(knockOf(mark))) continue;
      if (candidate.view.counts(mark)) uses.adopt(i);
    }
  }

  #begin(): void {
    this.#present.clear();
    this.#presentView = -1;
  }

  #tell(hit: Hit): void {
    this.#stages.tell(this.#tellStage, hit);
    this.#nearness.tell(this.#tellNearness, hit);
  }

  /** The next of some rows for which such a hit counts; `end` if there is none. */
  #next(from: number, end: number, mark: number, source: Uint32Array): number {
    const { rows } = this.#index;
    for (let row = from; row < end; row = rows.next(row)) {
      if (!this.#views.at(rows.view(row)).counts(mark)) continue;
      if (!rows.isBound(row) || this.#index.candidate(row).holdsFor(source)) return row;
    }
    return end;
  }

  #judge(row: number, hit: Hit): void {
    const { rows } = this.#index;
    const { recent } = this.#history;
    const present = this.#presence(row);
    const length = rows.length(row);
    // Most packets of a flood are told from a knock by this alone.
    if (present < length && !rows.isOrdered(row)) {
      return this.#note(row, present, present);
    }
    if (recent.count === 1 && recent.uses === 0 && length > 1) {
      const isFirst = rows.knock(row, 0) === knockOf(recent.marks[0]!);
      return this.#note(row, isFirst ? 1 : 0, present);
    }
    const candidate = this.#index.candidate(row);
    const isUsed = recent.take(candidate.id);
    if (isUsed && this.#isRepeat(candidate)) return this.#useAgain(candidate);
    if (length === 1) this.#judgement.single(recent);
    else if (candidate.ordered) judgeInOrder(recent, candidate, this.#judgement);
    else judgeInAnyOrder(recent, candidate, this.#judgement);
    const { complete, stage, advanced } = this.#judgement;
    if (complete) this.#complete(candidate, hit);
    else {
      // The first port again is a first step again, as at knockd 0.8.
      const further = advanced && (!recent.repeats || stage === 1);
      this.#note(row, further ? stage : 0, isUsed ? candidate.came(recent) : present);
    }
  }

  #note(row: number, stage: number, present: number): void {
    const { rows } = this.#index;
    const door = rows.door(row);
    if (stage > 0) this.#stages.note(door, row, stage);
    if (present >= farAmong(rows.length(row))) {
      this.#nearness.note(door, row, present);
    }
  }

  /** How many of a row's knocks the record at hand has, that of the hit included. */
  #presence(row: number): number {
    const { recent } = this.#history;
    if (recent.count === 1) return 1;
    const { rows } = this.#index;
    const view = rows.view(row);
    if (view !== this.#presentView) {
      this.#present.fill(recent.marks, recent.count, this.#views.at(view));
      this.#presentView = view;
    }
    return rows.presence(row, this.#present);
  }

  #complete(candidate: Candidate, hit: Hit): void {
    const { live } = candidate;
    const { others } = this.#judgement;
    const refusal = this.#judgement.refusal(this.#history.recent, candidate);
    this.#use(candidate, refusal, others <= MOST_OTHERS);
    if (refusal === undefined) this.#listener.opened(live, hit);
    else this.#listener.refused(live, hit, refusal, others);
  }

  /** Of one knock alone every hit counts once anyway. */
  #use(
    { knocks, id, oneTime, timeout }: Candidate,
    refusal: Refusal | undefined,
    isKnock: boolean,
  ): void {
    if (knocks.length === 1) return;
    const { recent, uses } = this.#history;
    const last = recent.times[this.#judgement.last]!;
    if (refusal?.kind === "slow") {
      const time = (last - toTicks(timeout)) | 0;
      return uses.add({ id, partial: true, repeatable: false, time });
    }
    const repeatable = oneTime && (refusal === undefined || isKnock);
    this.#spend(knocks);
    uses.add({ id, partial: false, repeatable, time: last });
  }

  /** Hits on ports that no other sequence has are of no more use. */
  #spend(knocks: readonly number[]): void {
    const { recent, uses } = this.#history;
    for (let i = 0; i < recent.count; i++) {
      const knock = knockOf(recent.marks[i]!);
      if (knocks.includes(knock) && this.#index.isOfOne(knock)) uses.spend(i);
    }
  }

  /** Whether a one-time sequence was complete so lately that it comes again. */
  #isRepeat({ oneTime, timeout }: Candidate): boolean {
    const { recent } = this.#history;
    const use = recent.full;
    if (!oneTime || use < 0 || !isRepeatable(recent.useKinds[use]!)) return false;
    const since = ticksBetween(recent.useTimes[use]!, recent.times[0]!);
    return toMilliseconds(since) < timeout;
  }

  #useAgain({ id }: Candidate): void {
    const { recent, uses } = this.#history;
    const time = recent.useTimes[recent.full]!;
    uses.add({ id, partial: false, repeatable: true, time });
  }
}
