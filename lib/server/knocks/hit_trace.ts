/**
 * What came of each hit, for whoever debugs or watches: nothing of this is done otherwise,
 * and in a flood it is done for a few.
 *
 * @module
 */
import { addressFromWords } from "../../core/address_words.ts";
import { type Hit, TCP } from "../../core/hit.ts";
import type { Fate } from "../../core/matcher/matcher.ts";
import { RateLimit } from "../log/rate_limit.ts";
import type { Report } from "../log/report.ts";
import type { System } from "../system.ts";

const WORDS: Record<Exclude<Fate, "elsewhere">, string> = {
  ignored: "ignored, as the config says",
  copy: "a copy of a packet that came before",
  stranger: "on no door's port",
  foreign: "on no door's port, so that it counts as a foreign one",
  own: "a door's port, and no step further",
};

/** Hits a second that are told of. */
const A_SECOND = 50;

interface Step {
  readonly door: string;
  readonly step: string;
}

/** Says what came of each hit. */
export class HitTrace {
  readonly #report: Report;
  readonly #system: Pick<System, "schedule" | "monotonic">;
  readonly #limit = new RateLimit(A_SECOND, 1000);
  #steps: Step[] = [];
  #cancelWindow: (() => void) | undefined;

  constructor(report: Report, system: Pick<System, "schedule" | "monotonic">) {
    this.#report = report;
    this.#system = system;
  }

  /** Whether anybody wants to know. */
  get isOn(): boolean {
    return this.#report.tellsHits;
  }

  /** Something came of the hit at hand on a door. */
  note(door: string, step: string): void {
    if (this.isOn) this.#steps.push({ door, step });
  }

  /** Says what came of the hit at hand. */
  tell({ source, port, protocol }: Hit, fate: Fate): void {
    if (!this.isOn) return;
    const steps = this.#steps.splice(0);
    if (fate === "elsewhere" || !this.#mayBeSaid()) return;
    const knock = protocol === TCP ? `${port}` : `${port}:udp`;
    const what = steps.length > 0
      ? steps.map(({ door, step }) => `${door}: ${step}`).join(", ")
      : WORDS[fate];
    const doors = new Set(steps.map(({ door }) => door));
    const [door] = doors.size === 1 ? doors : [];
    this.#report.hit(addressFromWords(source).text, knock, what, door);
  }

  /** Ends its timer. */
  close(): void {
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
  }

  /** A flood asks for every packet, so the clock is not read for each. */
  #mayBeSaid(): boolean {
    this.#cancelWindow ??= this.#system.schedule(1000, this.#endWindow);
    return this.#limit.admit("hit");
  }

  readonly #endWindow = () => {
    this.#cancelWindow = undefined;
    for (const { count } of this.#limit.endWindow(this.#system.monotonic())) {
      this.#report.suppressed("hit", count);
    }
  };
}
