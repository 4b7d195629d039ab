/**
 * Says why knocks opened nothing: of those that were complete at once, of the others when
 * their time is over. A few lines a minute.
 *
 * @module
 */
import { addressFromWords } from "../../core/address_words.ts";
import { type Attempt, Attempts } from "../../core/attempts.ts";
import type { Hit } from "../../core/hit.ts";
import type { LiveSequence } from "../../core/matcher/live_sequence.ts";
import { farAmong } from "../../core/matcher/judge.ts";
import type { Matcher } from "../../core/matcher/matcher.ts";
import type { Refusal } from "../../core/refusal.ts";
import { RateLimit } from "../log/rate_limit.ts";
import type { Report } from "../log/report.ts";
import type { System } from "../system.ts";

/** Lines a minute. */
const LINES = 10;
const MINUTE_MS = 60_000;
/** How often to look whose time is over. */
const LOOK_MS = 1000;
/** Knocks taken note of between two looks: a flood may come far with every packet. */
const NOTES = 50;

/** Says why knocks opened nothing. */
export class Explainer {
  readonly #system: System;
  readonly #report: Report;
  readonly #matcher: Matcher;
  readonly #attempts = new Attempts();
  readonly #lines = new RateLimit(LINES, MINUTE_MS);
  #notes = 0;
  #cancelLook: (() => void) | undefined;

  constructor(system: System, report: Report, matcher: Matcher) {
    this.#system = system;
    this.#report = report;
    this.#matcher = matcher;
  }

  /** A knock came far, and is not complete yet. */
  near(sequenceOf: () => LiveSequence, hit: Hit, came: number): void {
    this.#cancelLook ??= this.#system.schedule(LOOK_MS, this.#look);
    if (++this.#notes > NOTES) return;
    const sequence = sequenceOf();
    const deadline = hit.time + sequence.door.seqTimeout * 1000;
    const [ip, source] = [addressFromWords(hit.source).text, hit.source.slice()];
    this.#attempts.advance({ sequence, ip, source, came, deadline });
  }

  /** A knock is complete: whatever comes of it is said elsewhere. */
  end(door: string, ip: string): void {
    this.#attempts.end(door, ip);
  }

  /** A knock was complete, and a rule keeps the door shut; maybe it is spent. */
  refused(
    { door, client }: LiveSequence,
    ip: string,
    refusal: Refusal,
    spent: boolean,
  ): void {
    this.end(door.name, ip);
    if (!this.#mayBeSaid()) return this.#report.counted(door.name, refusal.kind);
    this.#report.broken(door.name, ip, client?.name, refusal, spent);
  }

  /** Ends its timers. */
  close(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  readonly #look = () => {
    this.#notes = 0;
    const now = this.#system.now();
    for (const attempt of this.#attempts.expire(now)) this.#explain(attempt, now);
    this.#cancelLook = this.#attempts.any
      ? this.#system.schedule(LOOK_MS, this.#look)
      : undefined;
  };

  #explain({ sequence, ip, source, came }: Attempt, now: number): void {
    const { knocks: { length }, door, client } = sequence;
    const why = this.#matcher.explain(sequence, source, now) ??
      { came, refusal: { kind: "incomplete", came, length } as const };
    // Some of it was from an earlier knock, whose time is over.
    if (why.came < farAmong(length) || !this.#mayBeSaid()) return;
    this.#report.unfinished(door.name, ip, client?.name, why.came, why.refusal);
  }

  #mayBeSaid(): boolean {
    const now = this.#system.monotonic();
    if (now >= this.#lines.windowEnd) {
      for (const { count } of this.#lines.endWindow(now)) {
        this.#report.suppressed("refused", count);
      }
    }
    return this.#lines.admit("refusal");
  }
}
