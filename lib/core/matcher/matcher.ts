/**
 * The matcher: packets in, openings out.
 *
 * @module
 */
import type { Address } from "../address.ts";
import { type Hit, UDP } from "../hit.ts";
import type { Refusal } from "../refusal.ts";
import { Candidate } from "./candidate.ts";
import { Consumed } from "./consumed.ts";
import { Destinations } from "./destinations.ts";
import { forgetOld, remember } from "./history.ts";
import { KnockSet } from "./knock_set.ts";
import type { LiveSequence } from "./live_sequence.ts";
import { knockOfHit, KNOCKS, packKnock, packMark } from "./mark.ts";
import { SequenceIndex } from "./sequence_index.ts";
import { Progress } from "./progress.ts";
import { compatible, type MatcherSettings } from "./settings.ts";
import { SourceTable } from "./source_table.ts";
import { judge, newVerdict, othersOf, refusalOf } from "./verdict.ts";
import { View, Views } from "./view.ts";

/**
 * What the matcher has to say. Each is called while {@linkcode Matcher.hit} runs, and so
 * must neither add nor remove sequences.
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
  /** It is complete, but against a rule; `others`: the source's other hits in between. */
  refused(sequence: LiveSequence, hit: Hit, refusal: Refusal, others: number): void;
}

/**
 * Finds the sequences in a stream of packets.
 *
 * A door opens for a source when, among that source's hits, the last ones on the
 * sequence's own ports are the sequence, the first and the last are less than the door's
 * timeout apart, and no more foreign ports than it tolerates were hit between them. Only a
 * hit on a live sequence's own port makes a record for its source, and a hit counts for
 * one opening of a door. A packet costs the same whatever the number of doors and sources.
 */
export class Matcher {
  readonly #settings: MatcherSettings;
  readonly #listener: MatchListener;
  readonly #index = new SequenceIndex();
  readonly #views = new Views();
  readonly #destinations: Destinations;
  readonly #ignored = new Uint8Array(KNOCKS);
  readonly #consumed: Consumed;
  readonly #table: SourceTable;
  readonly #verdict = newVerdict();
  /** The marks of the record at hand: many sequences are compared to them. */
  readonly #marks = new Uint32Array(255);
  #count = 0;
  /** Those of the record's knocks that count in one view. */
  readonly #present = new KnockSet();
  #presentView = -1;
  readonly #progress = new Progress();
  readonly #advanced = (row: number, stage: number, hit: Hit) => {
    this.#advancedRow = row;
    this.#listener.advanced(this.#advancedSequence, hit, stage);
  };
  #advancedRow = -1;
  readonly #advancedSequence = () => this.#index.candidate(this.#advancedRow).live;
  #newest = -Infinity;

  /**
   * A matcher without any live sequence, for a host without any address. It takes over the
   * hits that `previous` knows of, if they mean the same to both.
   */
  constructor(
    settings: MatcherSettings,
    listener: MatchListener,
    previous?: Matcher,
  ) {
    this.#settings = settings;
    this.#listener = listener;
    this.#destinations = new Destinations(settings.targets);
    this.#consumed = new Consumed(settings.seed);
    for (const knock of settings.ignorePorts) this.#ignored[packKnock(knock)] = 1;
    if (previous !== undefined && compatible(previous.#settings, settings)) {
      this.#table = previous.#table;
      this.#newest = previous.#newest;
    } else {
      this.#table = new SourceTable(settings.maxSources, settings.depth, settings.seed);
    }
  }

  /** Makes these, and no others, the addresses of this host. */
  setHostAddresses(addresses: readonly Address[]): void {
    this.#destinations.setHost(addresses);
  }

  /** Lets a sequence open its door from now on. */
  add(sequence: LiveSequence): void {
    const target = this.#destinations.targetNumber(sequence.door.target);
    const number = this.#views.number(new View(sequence.door, target));
    this.#index.add(new Candidate(sequence, this.#views.at(number)), number);
  }

  /** Ends the life of a sequence. */
  remove(sequence: LiveSequence): void {
    const row = this.#index.find(sequence);
    if (row >= 0) this.#index.remove(row);
  }

  /** Judges a sequence by this hit, the latest, which came before it was added. */
  review(sequence: LiveSequence, hit: Hit): void {
    const row = this.#index.find(sequence);
    const record = this.#table.find(hit.source);
    if (row < 0 || record < 0) return;
    this.#look(record);
    this.#judgeAnyOrder(row, record, hit);
    this.#progress.tell(this.#advanced, hit);
  }

  /** Takes a packet in, and tells the listener what follows from it. */
  hit(hit: Hit): void {
    const destination = this.#destinations.classOf(hit.destination);
    const knock = knockOfHit(hit);
    if (destination === 0 || this.#ignored[knock] === 1) return;
    const flags = hit.protocol === UDP ? 0 : hit.flags & this.#settings.flags;
    const mark = packMark(knock, flags, destination);
    const own = this.#isOwn(knock, mark, hit.source);
    const { timeout, tolerance } = this.#settings;
    let record = this.#table.find(hit.source);
    if (record >= 0) forgetOld(this.#table, record, hit, timeout);
    if (!own && (record < 0 || this.#table.count(record) === 0)) return;
    if (record < 0) record = this.#table.create(hit.source);
    this.#newest = hit.time;
    if (!remember(this.#table, record, mark, hit, this.#index, tolerance)) return;
    if (own) this.#judgeAll(record, knock, mark, hit);
  }

  /** Gives memory back when no hit can matter any more; whether that is so. */
  rest(now: number): boolean {
    if (Math.abs(now - this.#newest) < this.#settings.timeout) return false;
    if (this.#newest !== -Infinity) this.#table.clear();
    this.#newest = -Infinity;
    return true;
  }

  #isOwn(knock: number, mark: number, source: Uint32Array): boolean {
    const { places, rows } = this.#index;
    const end = places.end(knock);
    for (let i = places.start(knock); i < end; i++) {
      if (this.#concerns(rows.rowOf(places.at(i)), mark, source)) return true;
    }
    return false;
  }

  /** Whether a hit with this mark, from this source, counts for a row's sequence. */
  #concerns(row: number, mark: number, source: Uint32Array): boolean {
    const { rows } = this.#index;
    if (!this.#views.at(rows.view(row)).counts(mark)) return false;
    return !rows.isBound(row) || this.#index.candidate(row).holdsFor(source);
  }

  #judgeAll(record: number, knock: number, mark: number, hit: Hit): void {
    const { places, rows } = this.#index;
    this.#look(record);
    const start = places.start(knock);
    let settled = -1;
    // The last place of a sequence first: it needs most, and the others nothing after it.
    for (let i = places.end(knock) - 1; i >= start; i--) {
      const place = places.at(i);
      const row = rows.rowOf(place);
      if (row === settled || !this.#concerns(row, mark, hit.source)) continue;
      if (!rows.isOrdered(row)) this.#judgeAnyOrder(row, record, hit);
      else if (this.#judgeInOrder(row, rows.position(place) + 1, record, hit)) {
        settled = row;
      }
    }
    this.#progress.tell(this.#advanced, hit);
  }

  /** Makes a record the one at hand. */
  #look(record: number): void {
    this.#count = this.#table.copyMarks(record, this.#marks);
    this.#present.clear();
    this.#presentView = -1;
  }

  /** Judges a sequence by its first `length` knocks; whether no fewer need a look. */
  #judgeInOrder(row: number, length: number, record: number, hit: Hit): boolean {
    const candidate = this.#index.candidate(row);
    judge(this.#table, record, candidate, length, this.#verdict);
    const { outcome } = this.#verdict;
    if (outcome === "other" || this.#isConsumed(candidate, record, hit)) return false;
    const complete = length === candidate.knocks.length;
    if (complete) this.#complete(candidate, record, hit);
    else if (outcome === "match") {
      this.#progress.note(this.#index.rows.door(row), row, length);
    } else return false;
    return true;
  }

  #judgeAnyOrder(row: number, record: number, hit: Hit): void {
    const { rows } = this.#index;
    const present = this.#presence(row);
    if (present < rows.length(row)) {
      this.#progress.note(rows.door(row), row, present);
      return;
    }
    const candidate = this.#index.candidate(row);
    judge(this.#table, record, candidate, present, this.#verdict);
    if (this.#verdict.outcome === "other") return;
    if (candidate.live.announcement) this.#listener.opened(candidate.live, hit);
    else if (!this.#isConsumed(candidate, record, hit)) {
      this.#complete(candidate, record, hit);
    }
  }

  /** How many of a row's knocks the record at hand has, that of the hit included. */
  #presence(row: number): number {
    if (this.#count === 1) return 1;
    const { rows } = this.#index;
    const view = rows.view(row);
    if (view !== this.#presentView) {
      this.#present.fill(this.#marks, this.#count, this.#views.at(view));
      this.#presentView = view;
    }
    return rows.presence(row, this.#present);
  }

  #isConsumed(candidate: Candidate, record: number, { source }: Hit): boolean {
    return this.#consumed.has(candidate, source, this.#table, record, this.#verdict);
  }

  #complete(candidate: Candidate, record: number, hit: Hit): void {
    const { live } = candidate;
    if (this.#verdict.outcome !== "match") {
      const refusal = refusalOf(candidate, this.#verdict);
      return this.#listener.refused(live, hit, refusal, othersOf(this.#verdict));
    }
    this.#consumed.add(candidate, hit.source, this.#table, record, this.#verdict);
    this.#listener.opened(live, hit);
  }
}
