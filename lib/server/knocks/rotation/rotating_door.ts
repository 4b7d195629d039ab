/**
 * A rotating door and its clients: what is live, and what a completed sequence is worth.
 */

import type { Client, Door, OtpKey, OtpSettings } from "../../../core/door.ts";
import { Failure, orFailure } from "../../../core/failure.ts";
import type { LiveSequence } from "../../../core/matcher/live_sequence.ts";
import type { Matcher } from "../../../core/matcher/matcher.ts";
import { counterAt } from "../../../core/one_time/derive.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Series } from "../../journal/series.ts";
import type { Report } from "../../log/report.ts";
import { orTrouble } from "../../log/trouble.ts";
import type { PacketTable } from "../packets/packet_table.ts";
import { Member } from "./member.ts";
import type { Piece } from "./slices.ts";
import { whySpent, wrongClock } from "./why_spent.ts";
import { type Wanted, wantedCounters, wantedSteps } from "./wanted_counters.ts";

/** What is spent. */
export type SpentCounters = Pick<
  Journal,
  "highest" | "isSpent" | "spend" | "unknownUpTo"
>;

export interface RotationOptions {
  readonly matcher: Matcher;
  readonly journal: SpentCounters;
  readonly report: Report;
  readonly packets: PacketTable;
}

export class RotatingDoor {
  readonly #door: Door;
  readonly #otp: OtpSettings;
  readonly #options: RotationOptions;
  readonly #members = new Map<Client, Member>();
  readonly #round: readonly Member[];
  #step = NaN;
  #wantedSteps: Wanted | undefined;
  #next = 0;
  /** Members in a row for whom nothing was to be done. */
  #settled = 0;

  constructor(door: Door, { otp, clients }: OtpKey, options: RotationOptions) {
    this.#door = door;
    this.#otp = otp;
    this.#options = options;
    for (const client of clients) {
      this.#members.set(client, new Member(door, otp, client));
    }
    this.#round = [...this.#members.values()];
  }

  /** Takes over the clients that the door had before and has still; gives their heirs. */
  inherit(earlier: RotatingDoor): Map<Member, Member> {
    const byName = new Map(earlier.#round.map((member) => [member.client.name, member]));
    const heirs = new Map<Member, Member>();
    for (const member of this.#round) {
      const before = byName.get(member.client.name);
      if (before === undefined || !member.isLike(before)) continue;
      heirs.set(before, member);
      member.inherit(before);
      for (const sequence of member.live.values()) this.#options.matcher.add(sequence);
      for (const packet of member.packets.values()) this.#options.packets.add(packet);
    }
    return heirs;
  }

  /** The client that a sequence is of. */
  member(sequence: LiveSequence): Member | undefined {
    return sequence.client && this.#members.get(sequence.client);
  }

  /** Goes by this time from now on; gives when its step began and when it ends. */
  turn(now: number): { from: number; until: number } {
    if (this.#otp.mode === "hotp") return { from: -Infinity, until: Infinity };
    const ms = this.#otp.period * 1000;
    const step = counterAt(now, ms);
    if (step !== this.#step) {
      this.#step = step;
      this.#wantedSteps = wantedSteps(this.#otp, this.#round.length, step);
      this.#settled = 0;
    }
    return { from: step * ms, until: (step + 1) * ms };
  }

  /** Makes one sequence live, or ends one, or finds that there is none to do this to. */
  work(): Piece {
    if (this.#settled >= this.#round.length) return "done";
    const piece = this.#serve(this.#round[this.#next]!);
    this.#next = (this.#next + 1) % this.#round.length;
    this.#settled = piece === "done" ? this.#settled + 1 : 0;
    return piece === "done" ? "spare" : piece;
  }

  /** Whether a counter of a client is to be live. */
  wants(member: Member, counter: number): boolean {
    const { lowest, highest } = this.#wantedBy(member);
    return counter >= lowest && counter <= highest;
  }

  /** Accepts a completed sequence, or throws a Failure that says why not. */
  admit(member: Member, counter: number, time: number): void {
    const { journal } = this.#options;
    const { mode, period, window } = this.#otp;
    if (journal.isSpent(member.series, counter)) {
      throw whySpent(member, counter, time, journal);
    }
    if (mode === "hotp") return;
    const offset = counter - counterAt(time / 1000, period);
    if (Math.abs(offset) <= window) return;
    // Whoever saw it on its way could use it when its time has come.
    if (offset > 0) journal.spend(member.series, counter);
    throw wrongClock(member, counter, time);
  }

  /**
   * Spends a counter whose sequence was complete and opened nothing: who saw it could use
   * it. One that is live only to be explained is left alone. Says whether it was spent.
   */
  void(member: Member, counter: number, time: number): boolean {
    const { journal } = this.#options;
    if (!this.mayOpen(member, counter, time)) return false;
    const spent = journal.spend(member.series, counter) === "spent";
    if (this.#otp.mode === "hotp") this.#countAnew(member);
    return spent;
  }

  /**
   * A counter of a series was spent elsewhere; whether other counters are wanted for that,
   * of a client of this door.
   */
  spentElsewhere({ id }: Series): boolean {
    if (this.#otp.mode !== "hotp") return false;
    const member = this.#round.find((each) => each.series.id === id);
    if (member !== undefined) this.#countAnew(member);
    return member !== undefined;
  }

  #countAnew(member: Member): void {
    member.wanted = undefined;
    this.#settled = 0;
  }

  /** Whether a counter opens now, or is a step that will; throws a Failure. */
  mayOpen(member: Member, counter: number, time: number): boolean {
    const { mode, period, window } = this.#otp;
    if (this.#options.journal.isSpent(member.series, counter)) return false;
    if (mode === "totp") return counter - counterAt(time / 1000, period) >= -window;
    const { counters, vital } = this.#wantedBy(member);
    return counters.slice(0, vital).includes(counter);
  }

  /** Goes on from a sequence that was handed on, if its counter is spent now. */
  settle(member: Member, counter: number, time: number, ip: string): void {
    const { report } = this.#options;
    if (!this.#isSpent(member, counter)) return;
    const { mode, period } = this.#otp;
    const { client, clock } = member;
    if (mode === "hotp") {
      this.#countAnew(member);
      return report.counter(this.#door.name, ip, client.name, counter);
    }
    clock.add(counter, period, time);
    const offset = counter - counterAt(time / 1000, period);
    report.step(this.#door.name, ip, client.name, offset, clock.ahead);
  }

  #isSpent(member: Member, counter: number): boolean {
    const { journal, report } = this.#options;
    return orTrouble(report, () => journal.highest(member.series) === counter) ?? false;
  }

  #serve(member: Member): Piece {
    const { counters, vital } = this.#wantedBy(member);
    const stale = member.live.keys().find((counter) => !this.wants(member, counter));
    if (stale !== undefined) this.#retire(member, stale);
    const takesPackets = this.#otp.packet !== undefined;
    const missing = counters.findIndex((counter) =>
      !member.live.has(counter) || takesPackets && !member.packets.has(counter)
    );
    if (missing < 0) return stale === undefined ? "done" : "spare";
    this.#prepare(member, counters[missing]!);
    return missing < vital ? "urgent" : "spare";
  }

  #prepare(member: Member, counter: number): void {
    const { matcher, packets } = this.#options;
    if (!member.live.has(counter)) {
      const sequence = member.sequence(counter);
      member.live.set(counter, sequence);
      matcher.add(sequence);
    }
    const packet = member.packet(counter);
    if (packet === undefined) return;
    member.packets.set(counter, packet);
    packets.add(packet);
  }

  #retire(member: Member, counter: number): void {
    const { matcher, packets } = this.#options;
    matcher.remove(member.live.get(counter)!);
    member.live.delete(counter);
    const packet = member.packets.get(counter);
    if (packet !== undefined) packets.remove(packet);
    member.packets.delete(counter);
  }

  #wantedBy(member: Member): Wanted {
    if (this.#otp.mode === "totp") return this.#wantedSteps!;
    return member.wanted ??= this.#wantedCounters(member);
  }

  #wantedCounters(member: Member): Wanted {
    const { journal, report } = this.#options;
    const highest = orFailure(() => journal.highest(member.series));
    if (!(highest instanceof Failure)) {
      return wantedCounters(this.#otp, this.#round.length, highest);
    }
    const whose = { door: this.#door.name, client: member.client.name };
    report.trouble({ kind: "client shut", ...whose, why: highest.message });
    return { counters: [], vital: 0, lowest: Infinity, highest: -Infinity };
  }
}
