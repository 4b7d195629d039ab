/** Judges the live sequences by the hits of a source, and says what follows. */

import type { Hit } from "../hit.ts";
import type { Refusal } from "../refusal.ts";
import type { Candidate } from "./candidate.ts";
import { isOwn, isRepeatable } from "./entry_kind.ts";
import type { HitHistory } from "./hit_history.ts";
import { judgeInAnyOrder } from "./in_any_order.ts";
import { judgeInOrder } from "./in_order.ts";
import { Judgement } from "./judgement.ts";
import { KnockSet } from "./knock_set.ts";
import type { LiveSequence } from "./live_sequence.ts";
import { knockOf } from "./mark.ts";
import { Progress } from "./progress.ts";
import type { SequenceIndex } from "./sequence_index.ts";
import { ticksBetween, toMilliseconds, toTicks } from "./ticks.ts";
import type { Views } from "./view.ts";

/** Other hits of a source between the first and the last of a sequence: more are a scan. */
export const MOST_OTHERS = 100;
/** So many of a sequence's ports are no accident. */
const MANY = 3;

/** How many ports of a sequence have to come before somebody is told what is missing. */
export function farAmong(length: number): number {
  return Math.min(MANY, length - 1);
}

/**
 * What the matcher has to say. Each is called while a packet is taken in, and so must
 * neither add nor remove sequences.
 */
export interface MatchListener {
  /**
   * A sequence is complete, and its door is to open for the hit's source; an announcement
   * is complete with every hit on its port.
   */
  opened(sequence: LiveSequence, hit: Hit): void;
  /**
   * The first `stage` ports of a sequence have been hit; it has more. Of a door's sequences
   * the one that came furthest is told. It is to be asked for during the call, and only
   * where it matters: in a flood every packet advances some sequence.
   */
  advanced(sequence: () => LiveSequence, hit: Hit, stage: number): void;
  /** All ports of a sequence but one, or three, were hit, and it is not complete. */
  neared?(sequence: () => LiveSequence, hit: Hit, came: number): void;
  /** It is complete, but against a rule; `others`: the source's other hits in between. */
  refused(sequence: LiveSequence, hit: Hit, refusal: Refusal, others: number): void;
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
    const { places, rows } = this.#index;
    const end = places.end(knock);
    for (let i = places.start(knock); i < end; i++) {
      if (this.#concerns(rows.rowOf(places.at(i)), mark, source)) return true;
    }
    return false;
  }

  /** Judges all sequences that have this knock by the record at hand. */
  all(knock: number, hit: Hit): void {
    const { places, rows } = this.#index;
    const { recent } = this.#history;
    const mark = recent.marks[recent.latest]!;
    const end = places.end(knock);
    let judged = -1;
    this.#begin();
    for (let i = places.start(knock); i < end; i++) {
      const row = rows.rowOf(places.at(i));
      if (row === judged || !this.#concerns(row, mark, hit.source)) continue;
      judged = row;
      this.#judge(row, hit);
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
      const [mark, kind] = [recent.marks[i]!, recent.kinds[i]!];
      if (!isOwn(kind) && candidate.owns(knockOf(mark)) && candidate.view.counts(mark)) {
        uses.adopt(i);
      }
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

  /** Whether a hit with this mark, from this source, counts for a row's sequence. */
  #concerns(row: number, mark: number, source: Uint32Array): boolean {
    const { rows } = this.#index;
    if (!this.#views.at(rows.view(row)).counts(mark)) return false;
    return !rows.isBound(row) || this.#index.candidate(row).holdsFor(source);
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
