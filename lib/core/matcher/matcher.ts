/**
 * The matcher: packets in, openings out.
 *
 * @module
 */
import type { Address } from "../address.ts";
import { type Hit, UDP } from "../hit.ts";
import { Consumed } from "./consumed.ts";
import { Destinations } from "./destinations.ts";
import { forgetOld, remember } from "./history.ts";
import type { LiveSequence } from "./live_sequence.ts";
import { knockOfHit, KNOCKS, packKnock, packMark } from "./mark.ts";
import { Candidate, SequenceIndex } from "./sequence_index.ts";
import { compatible, type MatcherSettings } from "./settings.ts";
import { SourceTable } from "./source_table.ts";
import { judge, newVerdict, presence, type Verdict } from "./verdict.ts";

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
  /** The first `stage` ports of a sequence have been hit; it has more. */
  advanced(sequence: LiveSequence, hit: Hit, stage: number): void;
  /** A sequence is complete, but against a rule: the verdict says which. */
  refused(sequence: LiveSequence, hit: Hit, verdict: Readonly<Verdict>): void;
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
  readonly #destinations: Destinations;
  readonly #ignored = new Uint8Array(KNOCKS);
  readonly #consumed = new Consumed();
  readonly #table: SourceTable;
  readonly #verdict = newVerdict();
  /** The marks of the record at hand, side by side: many sequences are compared to them. */
  readonly #marks = new Uint32Array(255);
  #count = 0;
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
    this.#index.add(new Candidate(sequence, target));
  }

  /** Ends the life of a sequence. */
  remove(sequence: LiveSequence): void {
    const candidate = this.#index.find(sequence);
    if (candidate !== undefined) this.#index.remove(candidate);
  }

  /** Judges a sequence by this hit, the latest, which came before it was added. */
  review(sequence: LiveSequence, hit: Hit): void {
    const candidate = this.#index.find(sequence);
    const record = this.#table.find(hit.source);
    if (candidate === undefined || record < 0) return;
    this.#count = this.#table.copyMarks(record, this.#marks);
    this.#judge(candidate, candidate.knocks.length - 1, record, hit);
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
    for (let p = this.#index.first(knock); p >= 0; p = this.#index.next(p)) {
      const candidate = this.#index.candidate(p);
      if (candidate.counts(mark) && candidate.holdsFor(source)) return true;
    }
    return false;
  }

  #judgeAll(record: number, knock: number, mark: number, hit: Hit): void {
    this.#count = this.#table.copyMarks(record, this.#marks);
    let settled: Candidate | undefined;
    let place = this.#index.first(knock);
    while (place >= 0) {
      const candidate = this.#index.candidate(place);
      const position = this.#index.position(place);
      place = this.#index.next(place);
      if (candidate === settled) continue;
      if (!candidate.counts(mark) || !candidate.holdsFor(hit.source)) continue;
      if (this.#judge(candidate, position, record, hit)) settled = candidate;
    }
  }

  /** Whether a place's sequence needs no look at its earlier places any more. */
  #judge(candidate: Candidate, position: number, record: number, hit: Hit): boolean {
    const { live, ordered } = candidate;
    const last = candidate.knocks.length;
    const length = ordered ? position + 1 : last;
    const present = ordered ? length : presence(candidate, this.#marks, this.#count);
    if (present < length) {
      this.#listener.advanced(live, hit, present);
      return true;
    }
    judge(this.#table, record, candidate, length, this.#verdict);
    const { outcome } = this.#verdict;
    if (outcome === "other") return !ordered;
    if (live.announcement) {
      this.#listener.opened(live, hit);
      return true;
    }
    if (this.#consumed.has(candidate, hit.source, this.#table, record, this.#verdict)) {
      return false;
    }
    if (outcome === "match" && length < last) {
      this.#listener.advanced(live, hit, length);
    } else if (outcome === "match") {
      this.#consumed.add(candidate, hit.source, this.#table, record, this.#verdict);
      this.#listener.opened(live, hit);
    } else if (length === last) this.#listener.refused(live, hit, this.#verdict);
    else return false;
    return true;
  }
}
