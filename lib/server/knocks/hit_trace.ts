/**
 * What came of each hit, for whoever debugs or watches: nothing of this is done otherwise,
 * and in a flood it is done for a few.
 */

import { addressFromWords } from "../../core/address_words.ts";
import { type Hit, TCP } from "../../core/hit.ts";
import type { Fate, Matcher } from "../../core/matcher/matcher.ts";
import type { Unlike } from "../../core/matcher/rules/why_foreign.ts";
import type { Refusal } from "../../core/refusal.ts";
import { REFUSAL_LABELS } from "../../core/refusal_words.ts";
import { LineLimit } from "../log/line_limit.ts";
import type { Report } from "../log/report.ts";
import type { System } from "../system.ts";
import type { PacketTable } from "./packets/packet_table.ts";

const FOREIGN = ", so that it counts as a foreign one";
const WORDS: Record<Exclude<Fate, "elsewhere">, string> = {
  ignored: "ignored, as the config says",
  copy: "a copy of a packet that came before",
  stranger: "on no door's port",
  foreign: "on no door's port" + FOREIGN,
  own: "a door's port, and no step further",
};
const UNLIKE: Record<Unlike, string> = {
  flags: "a door's port, but not with the TCP flags that it wants",
  target: "a door's port, but not at the address that it wants",
  protocol: "a door's port, but by the other protocol",
};
const NO_PACKET =
  "a port for single packets, but this is none that a client's secret makes " +
  "at about this time";

interface Step {
  readonly door: string;
  readonly step: string;
}

/** Says what came of each hit. */
export class HitTrace {
  readonly #report: Report;
  readonly #matcher: Pick<Matcher, "whyForeign">;
  readonly #packets: Pick<PacketTable, "isAsked">;
  readonly #limit: LineLimit;
  #steps: Step[] = [];
  #isOn = false;

  constructor(
    report: Report,
    system: Pick<System, "schedule">,
    matcher: Pick<Matcher, "whyForeign">,
    packets: Pick<PacketTable, "isAsked">,
  ) {
    this.#report = report;
    this.#limit = new LineLimit(system, (_, count) => report.suppressed("hit", count));
    this.#matcher = matcher;
    this.#packets = packets;
    this.look();
  }

  /** Whether anybody wanted to know at the last look. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Looks whether anybody wants to know: that is dear to ask with every packet of a flood. */
  look(): void {
    this.#isOn = this.#report.tellsHits;
  }

  /** Something came of the hit at hand on a door. */
  note(door: string, step: string): void {
    if (this.isOn) this.#steps.push({ door, step });
  }

  /** With the hit at hand a knock is complete, and a rule keeps its door shut. */
  refused(door: string, { kind }: Refusal): void {
    this.note(door, `complete, but ${REFUSAL_LABELS[kind]}`);
  }

  /** Says what came of the hit at hand. */
  tell(hit: Hit, fate: Fate): void {
    if (!this.isOn) return;
    const steps = this.#steps.splice(0);
    if (fate === "elsewhere") return this.#tellElsewhere(hit);
    if (!this.#limit.admits("hit")) return;
    const what = steps.length > 0
      ? steps.map(({ door, step }) => `${door}: ${step}`).join(", ")
      : this.#words(hit, fate);
    const doors = new Set(steps.map(({ door }) => door));
    const [door] = doors.size === 1 ? doors : [];
    this.#say(hit, what, door);
  }

  /** What a router forwards is not spoken of, and takes no line from what came here. */
  #tellElsewhere(hit: Hit): void {
    const isKnock = this.#matcher.whyForeign(hit) === "target";
    if (!isKnock && !this.#packets.isAsked(hit)) return;
    if (!this.#limit.admits("hit elsewhere")) return;
    const { text } = addressFromWords(hit.destination);
    this.#say(hit, `a door's port, but at ${text}, which is no address of this host`);
  }

  #say({ source, port, protocol }: Hit, what: string, door?: string): void {
    const knock = protocol === TCP ? `${port}` : `${port}:udp`;
    this.#report.hit(addressFromWords(source).text, knock, what, door);
  }

  #words(hit: Hit, fate: Exclude<Fate, "elsewhere">): string {
    if (fate !== "foreign" && fate !== "stranger") return WORDS[fate];
    const unlike = this.#matcher.whyForeign(hit);
    if (unlike === undefined && !this.#packets.isAsked(hit)) return WORDS[fate];
    const nearly = unlike === undefined ? NO_PACKET : UNLIKE[unlike];
    return nearly + (fate === "foreign" ? FOREIGN : "");
  }

  close(): void {
    this.#limit.flush();
  }
}
