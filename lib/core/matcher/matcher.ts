/** The matcher: packets in, openings out. */

import type { Address } from "../address.ts";
import { type Hit, UDP } from "../hit.ts";
import { Candidate } from "./index/candidate.ts";
import { Destinations } from "./destinations.ts";
import { type Explanation, whyIncomplete } from "./rules/explanation.ts";
import { Arrival } from "./history/arrival.ts";
import { HitHistory } from "./history/hit_history.ts";
import { Judge } from "./rules/judge.ts";
import { KnockBits } from "./index/knock_bits.ts";
import type { LiveSequence } from "./live_sequence.ts";
import { changedDestination, destinationOf, packKnock, packMark } from "./index/mark.ts";
import { knockOf, knockOfHit, KNOCKS, OTHER_PROTOCOL } from "./index/mark.ts";
import type { MatchListener } from "./match_listener.ts";
import { printOf } from "./history/print.ts";
import { Retirement } from "./rules/retirement.ts";
import { SequenceIndex } from "./index/sequence_index.ts";
import { LIFE_MS, type MatcherSettings } from "./settings.ts";
import { toTicks } from "./history/ticks.ts";
import { View, Views } from "./index/view.ts";
import { type Unlike, whyForeign } from "./rules/why_foreign.ts";

/** Datagrams with the same print that are less apart are one, milliseconds. */
const COPIED_MS = 100;
/** A hit that is later than the clock by more was there before the clock was set back. */
const SET_BACK_MS = 1000;
/** What is older cannot be told by its ticks, so that it is looked for now and then. */
const SWEEP_MS = 12 * 3_600_000;

/** What came of a packet. */
export type Fate =
  /** It was addressed to somebody else. */
  | "elsewhere"
  /** Its port never counts. */
  | "ignored"
  /** It had come before. */
  | "copy"
  /** It was on no door's port, from a source that has hit none. */
  | "stranger"
  /** It was on no door's port, or not as that door wants it. */
  | "foreign"
  /** It was on the port of a live sequence. */
  | "own";

/**
 * Finds the sequences in a stream of packets.
 *
 * Which of a source's hits open a door is in docs/knocks.md. Only a hit on a live
 * sequence's own port makes a record for its source, or one that has but the wrong
 * protocol. A packet costs the same whatever the number of doors and sources.
 */
export class Matcher {
  readonly #settings: MatcherSettings;
  readonly #index = new SequenceIndex();
  readonly #views = new Views();
  readonly #destinations: Destinations;
  readonly #ignored = new KnockBits();
  readonly #history: HitHistory;
  readonly #judge: Judge;
  readonly #retirement: Retirement;
  readonly #arrival = new Arrival();
  /** How long hits on each port are kept, where some door wants them for longer. */
  readonly #longer: ((mark: number) => number) | undefined;
  readonly #life: number;

  /**
   * A matcher without any live sequence, for a host without any address. With its first
   * packet it takes over what `previous` knows, which must not be given any from then on.
   */
  constructor(settings: MatcherSettings, listener: MatchListener, previous?: Matcher) {
    this.#settings = settings;
    this.#life = toTicks(settings.life);
    this.#destinations = new Destinations(settings.targets);
    for (const knock of settings.ignorePorts) this.#ignored.set(packKnock(knock), true);
    this.#history = previous === undefined
      ? new HitHistory(settings.units, settings.hashKey)
      : previous.#history;
    this.#judge = new Judge(this.#index, this.#views, this.#history, listener);
    this.#retirement = new Retirement(this.#index, this.#history);
    this.#longer = settings.life > LIFE_MS
      ? (mark) => toTicks(Math.min(settings.life, this.#lifeOf(knockOf(mark))))
      : undefined;
  }

  #begin(): void {
    const { destinations: earlier } = this.#history;
    this.#history.destinations = this.#destinations;
    this.#history.compareBy(packMark(KNOCKS - 1, this.#settings.flags, 0x7f));
    if (earlier === undefined) return;
    const classes = this.#destinations.classesAfter(earlier);
    if (classes.every((changed, before) => changed === before)) return;
    this.#history.changeMarks((mark) =>
      changedDestination(mark, classes[destinationOf(mark)]!)
    );
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

  /**
   * Judges a sequence by this hit, the latest, which came before it was added. What the
   * source hit of it counts as hits on own ports from now on.
   */
  review(sequence: LiveSequence, hit: Hit): void {
    const row = this.#index.find(sequence);
    const record = this.#history.find(hit.source);
    if (row < 0 || record < 0) return;
    this.#lay(record, hit.time, hit.time);
    this.#judge.adopt(row);
    this.#judge.one(row, hit);
  }

  /**
   * Takes a packet in, and tells the listener what follows from it.
   *
   * @param now when it was read, by the system's clock: what had to wait opens nothing
   */
  hit(hit: Hit, now: number = hit.time): Fate {
    if (this.#history.destinations !== this.#destinations) this.#begin();
    const destination = this.#destinations.classOf(hit.destination);
    const knock = knockOfHit(hit);
    if (destination === 0) return "elsewhere";
    if (this.#ignored.has(knock)) return "ignored";
    const mark = packMark(knock, hit.protocol === UDP ? 0 : hit.flags, destination);
    const isPort = this.#index.hasPort(knock);
    const own = isPort && this.#judge.concerns(knock, mark, hit.source);
    let record = this.#history.find(hit.source);
    if (record < 0 && !(isPort && (own || this.#index.has(knock ^ OTHER_PROTOCOL)))) {
      return "stranger";
    }
    const arrival = this.#arrive(hit, mark, now, own);
    if (record < 0) record = this.#history.create(hit.source, arrival.time);
    else if (this.#history.has(record, arrival, this.#copied(hit))) return "copy";
    record = this.#makeRoom(record, arrival.time);
    arrival.repeats = own ? this.#index.rows.multiplicity(knock) : 1;
    this.#add(record, hit.time, now);
    this.#history.newest = hit.time;
    if (own && this.#longer === undefined) this.#retirement.retire(knock);
    if (own) this.#judge.all(knock, hit);
    return own ? "own" : "foreign";
  }

  /** Why a sequence is not complete though much of it came from a source until a time. */
  explain(
    sequence: LiveSequence,
    source: Uint32Array,
    time: number,
  ): Explanation | undefined {
    const row = this.#index.find(sequence);
    const record = this.#history.find(source);
    if (row < 0 || record < 0) return undefined;
    this.#lay(record, time, time);
    const candidate = this.#index.candidate(row);
    return whyIncomplete(this.#history.recent, candidate, this.#index);
  }

  /** What keeps a hit that counts as a foreign one from counting for a door. */
  whyForeign(hit: Hit): Unlike | undefined {
    const flags = hit.protocol === UDP ? 0 : hit.flags;
    const destination = this.#destinations.classOf(hit.destination);
    const mark = packMark(knockOfHit(hit), flags, destination);
    return whyForeign(this.#index, this.#views, hit.source, mark);
  }

  /**
   * Gives memory back when no hit can matter any more.
   *
   * @returns The milliseconds until that is so; 0 if it is.
   */
  rest(now: number): number {
    const { life } = this.#settings;
    const history = this.#history;
    const left = life - Math.abs(now - history.newest);
    if (left < 0) {
      if (history.newest !== -Infinity) history.clear();
      history.newest = -Infinity;
      return 0;
    }
    if (Math.abs(now - history.swept) > SWEEP_MS) {
      history.swept = now;
      history.sweep(toTicks(now), toTicks(life));
    }
    return left + 1;
  }

  #arrive(hit: Hit, mark: number, now: number, own: boolean): Arrival {
    const arrival = this.#arrival;
    arrival.mark = mark;
    arrival.print = printOf(hit, this.#destinations.hash, this.#history.hash);
    arrival.time = toTicks(hit.time);
    arrival.waited = now - hit.time;
    arrival.own = own;
    return arrival;
  }

  /** Adds what arrived to a record, and lays that out. */
  #add(record: number, time: number, now: number): void {
    const { additions } = this.#history;
    const isUsual = this.#longer === undefined &&
      additions.repeat(record, this.#arrival, this.#life);
    if (isUsual) return;
    additions.add(record, this.#arrival);
    this.#lay(record, time, now);
    additions.settle(record, this.#arrival);
  }

  #makeRoom(record: number, time: number): number {
    return this.#history.makeRoom(record, time, toTicks(LIFE_MS));
  }

  #copied({ protocol }: Hit): number {
    return toTicks(protocol === UDP ? COPIED_MS : LIFE_MS);
  }

  #lay(record: number, time: number, now: number): void {
    const latest = toTicks(Math.max(time, now) + SET_BACK_MS);
    this.#history.lay(record, toTicks(time), latest, this.#life, this.#longer);
  }

  /** On a foreign port the longest: it may lie between two hits of any sequence. */
  #lifeOf(knock: number): number {
    if (!this.#index.has(knock)) return Infinity;
    return Math.max(LIFE_MS, this.#index.longestTimeout(knock));
  }
}
