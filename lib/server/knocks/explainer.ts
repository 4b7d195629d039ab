/**
 * Says why knocks opened nothing: of those that were complete at once, of the others when
 * their time is over. A few lines a minute; strangers can't use up what may be said of
 * those who opened a door before.
 */

import { addressFromWords } from "../../core/address_words.ts";
import { type Attempt, Attempts } from "../../core/attempts.ts";
import type { Hit } from "../../core/hit.ts";
import type { LiveSequence } from "../../core/matcher/live_sequence.ts";
import { farAmong } from "../../core/matcher/rules/judge.ts";
import type { Matcher } from "../../core/matcher/matcher.ts";
import type { Refusal } from "../../core/refusal.ts";
import { LineLimit } from "../log/line_limit.ts";
import type { Report } from "../log/report.ts";
import type { System } from "../system.ts";
import { KnownNetworks } from "./known_networks.ts";

/** Lines a minute, of known sources and of strangers each. */
const A_FEW = { lines: 10, windowMs: 60_000 };
/** How often to look whose time is over. */
const LOOK_MS = 1000;
/** Knocks taken note of between two looks: a flood may come far with every packet. */
const NOTES = 50;

/** What is taken note of, of known sources or of strangers. */
class Share {
  readonly attempts = new Attempts();
  notes = 0;

  /** One with a name of its own. */
  constructor(readonly name: string) {}
}

export class Explainer {
  readonly #system: System;
  readonly #report: Report;
  readonly #matcher: Matcher;
  readonly #known: KnownNetworks;
  readonly #ofKnown = new Share("known");
  readonly #ofStrangers = new Share("strangers");
  readonly #shares = [this.#ofKnown, this.#ofStrangers];
  readonly #lines: LineLimit;
  #cancelLook: (() => void) | undefined;

  /** Takes over who is known to `previous`. */
  constructor(system: System, report: Report, matcher: Matcher, previous?: Explainer) {
    this.#known = previous === undefined ? new KnownNetworks() : previous.#known;
    this.#system = system;
    this.#report = report;
    const suppressed = (_of: string, count: number) =>
      report.suppressed("refused", count);
    this.#lines = new LineLimit(system, suppressed, A_FEW);
    this.#matcher = matcher;
  }

  /** A knock came far, and is not complete yet. */
  near(sequenceOf: () => LiveSequence, hit: Hit, came: number): void {
    this.#cancelLook ??= this.#system.schedule(LOOK_MS, this.#look);
    const share = this.#shareOf(hit.source);
    if (++share.notes > NOTES) return;
    const sequence = sequenceOf();
    const deadline = hit.time + sequence.door.seqTimeout * 1000;
    const [ip, source] = [addressFromWords(hit.source).text, hit.source.slice()];
    share.attempts.advance({ sequence, ip, source, came, deadline });
  }

  /** A knock is complete: whatever comes of it is said elsewhere. */
  end(door: string, ip: string): void {
    for (const { attempts } of this.#shares) attempts.end(door, ip);
  }

  /** A door was opened for a source. */
  opened(source: Uint32Array): void {
    this.#known.add(source);
  }

  /** A knock was complete, and a rule keeps the door shut; maybe it is spent. */
  refused(
    { door, client }: LiveSequence,
    source: Uint32Array,
    refusal: Refusal,
    spent: boolean,
  ): void {
    const ip = addressFromWords(source).text;
    this.end(door.name, ip);
    if (!this.#mayBeSaid(source)) return this.#report.counted(door.name, refusal.kind);
    this.#report.broken(door.name, ip, client?.name, refusal, spent);
  }

  close(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    this.#lines.flush();
  }

  readonly #look = () => {
    const now = this.#system.now();
    for (const share of this.#shares) {
      share.notes = 0;
      for (const attempt of share.attempts.expire(now)) this.#explain(attempt, now);
    }
    this.#cancelLook = this.#shares.some(({ attempts }) => attempts.any)
      ? this.#system.schedule(LOOK_MS, this.#look)
      : undefined;
  };

  #explain({ sequence, ip, source, came }: Attempt, now: number): void {
    const { knocks: { length }, door, client } = sequence;
    const why = this.#matcher.explain(sequence, source, now) ??
      { came, refusal: { kind: "incomplete", came, length } as const };
    // Some of it was from an earlier knock, whose time is over.
    if (why.came < farAmong(length) || !this.#mayBeSaid(source)) return;
    this.#report.unfinished(door.name, ip, client?.name, why.came, why.refusal);
  }

  #shareOf(source: Uint32Array): Share {
    return this.#known.has(source) ? this.#ofKnown : this.#ofStrangers;
  }

  #mayBeSaid(source: Uint32Array): boolean {
    return this.#lines.admits(this.#shareOf(source).name);
  }
}
