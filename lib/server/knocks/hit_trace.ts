/**
 * What came of each hit, for whoever debugs: nothing of this is done otherwise.
 *
 * @module
 */
import { addressFromWords } from "../../core/address_words.ts";
import { type Hit, TCP } from "../../core/hit.ts";
import type { Fate } from "../../core/matcher/matcher.ts";
import type { Report } from "../log/report.ts";

const WORDS: Record<Exclude<Fate, "elsewhere">, string> = {
  ignored: "ignored, as the config says",
  copy: "a copy of a packet that came before",
  stranger: "on no door's port",
  foreign: "on no door's port, so that it counts as a foreign one",
  own: "a door's port, and no step further",
};

/** Says what came of each hit. */
export class HitTrace {
  readonly #report: Report;
  #steps: string[] = [];

  constructor(report: Report) {
    this.#report = report;
  }

  /** Something came of the hit at hand on a door. */
  note(door: string, step: string): void {
    this.#steps.push(`${door}: ${step}`);
  }

  /** Says what came of the hit at hand. */
  tell({ source, port, protocol }: Hit, fate: Fate): void {
    const steps = this.#steps.splice(0);
    if (fate === "elsewhere") return;
    const knock = protocol === TCP ? `${port}` : `${port}:udp`;
    const what = steps.length > 0 ? steps.join(", ") : WORDS[fate];
    this.#report.hit(addressFromWords(source).text, knock, what);
  }
}
