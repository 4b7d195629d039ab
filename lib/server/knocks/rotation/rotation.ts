/** Rotating doors: which sequences are live follows the clock and the journal. */

import type { Door } from "../../../core/door.ts";
import { orFailure } from "../../../core/failure.ts";
import type { Hit } from "../../../core/hit.ts";
import type { LiveSequence } from "../../../core/matcher/live_sequence.ts";
import type { Series } from "../../journal/series.ts";
import type { System } from "../../system.ts";
import { BoundSequences } from "./bind_source.ts";
import { DerivationBudget } from "./derivation_budget.ts";
import type { Member } from "./member.ts";
import { RotatingDoor, type RotationOptions } from "./rotating_door.ts";
import { type Piece, Slices } from "./slices.ts";

/** What rotation needs of the world. */
export type Clocks = Pick<System, "now" | "monotonic" | "schedule">;

/** The rotating doors of a config. */
export class Rotation {
  readonly #system: Clocks;
  readonly #doors = new Map<Door, RotatingDoor>();
  readonly #round: readonly RotatingDoor[];
  readonly #bound: BoundSequences;
  readonly #slices: Slices;
  #next = 0;
  /** The time in which no door's step changes, Unix milliseconds. */
  #from = -Infinity;
  #until = Infinity;
  #cancelTurn: (() => void) | undefined;
  #cancelSlice: (() => void) | undefined;
  #isClosed = false;

  /**
   * Makes the sequences live that `previous` had live for the same
   * doors and clients, and as many others as fit into a slice; the rest follows.
   */
  constructor(
    doors: readonly Door[],
    system: Clocks,
    options: RotationOptions,
    previous?: Rotation,
  ) {
    this.#system = system;
    const bound = doors.filter(({ key }) => key.kind === "otp" && key.otp.bindSource);
    const budget = new DerivationBudget(system, options.report, bound.length);
    this.#bound = new BoundSequences(
      options.matcher,
      budget,
      (member, counter, time) =>
        orFailure(() => this.#doors.get(member.door)!.mayOpen(member, counter, time)) ===
          true,
    );
    this.#slices = new Slices(system, () => this.#work());
    for (const door of doors) {
      if (door.key.kind !== "otp") continue;
      this.#doors.set(door, new RotatingDoor(door, door.key, options));
    }
    this.#round = [...this.#doors.values()];
    if (previous !== undefined) this.#inherit(previous);
    if (this.#round.length > 0) this.#turn();
    if (previous === undefined) this.#slices.begin();
  }

  /** Hears of the time of a packet: a step may have changed, or the clock been set. */
  follow(time: number): void {
    if (!this.#lasts(time) && !this.#lasts(this.#system.now())) this.#turn();
  }

  /** A first port was hit, by this hit, the latest; whether a knock begins with it. */
  announced(announcement: LiveSequence, hit: Hit): boolean {
    const member = this.#memberOf(announcement);
    return member !== undefined &&
      this.#bound.announced(member, announcement.counter!, hit);
  }

  /** A hit came, after which more may be worth deriving. */
  heard(hit: Hit): void {
    this.#bound.heard(hit);
  }

  /**
   * Accepts a sequence that was completed at this time, unless its door is no rotating one
   * and it is none of our business; throws a Failure that says why not.
   */
  admit(sequence: LiveSequence, time: number): void {
    const member = this.#memberOf(sequence);
    if (member === undefined) return;
    this.#doors.get(sequence.door)!.admit(member, sequence.counter!, time);
  }

  /** Goes on from an accepted sequence that was handed on to be spent. */
  settle(sequence: LiveSequence, time: number, ip: string): void {
    const member = this.#memberOf(sequence);
    if (member === undefined) return;
    this.#doors.get(sequence.door)!.settle(member, sequence.counter!, time, ip);
    this.#goOn();
  }

  /** A counter of a series was spent by others than a knock that was heard here. */
  spentElsewhere(series: Series): void {
    const concerned = this.#round.filter((door) => door.spentElsewhere(series));
    if (concerned.length === 0) return;
    // Many come at once.
    this.#cancelSlice ??= this.#system.schedule(0, () => {
      this.#cancelSlice = undefined;
      this.#goOn();
    });
  }

  /**
   * Spends what a sequence was worth that was complete and opened nothing; whether it was
   * worth anything. Throws a Failure if that can't be written.
   */
  void(sequence: LiveSequence, time: number): boolean {
    const member = this.#memberOf(sequence);
    if (member === undefined) return false;
    const door = this.#doors.get(sequence.door)!;
    const spent = door.void(member, sequence.counter!, time);
    this.#goOn();
    return spent;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    this.#cancelSlice?.();
    this.#cancelSlice = undefined;
    this.#slices.stop();
  }

  #inherit(previous: Rotation): void {
    const earlier = new Map(
      [...previous.#doors].map(([door, rotating]) => [door.name, rotating]),
    );
    // Together: a source may have begun to knock on several of them.
    const heirs = [...this.#doors].flatMap(([{ name }, rotating]) => {
      const before = earlier.get(name);
      return before === undefined ? [] : [...rotating.inherit(before)];
    });
    this.#bound.inherit(previous.#bound, new Map(heirs));
  }

  #memberOf(sequence: LiveSequence): Member | undefined {
    return this.#doors.get(sequence.door)?.member(sequence);
  }

  #lasts(time: number): boolean {
    return time >= this.#from && time < this.#until;
  }

  #turn(): void {
    this.#cancelTurn?.();
    const now = this.#system.now();
    const spans = this.#round.map((door) => door.turn(now));
    this.#from = Math.max(...spans.map(({ from }) => from));
    this.#until = Math.min(...spans.map(({ until }) => until));
    this.#goOn();
    if (this.#until === Infinity) return;
    const delay = Math.max(1, this.#until - now);
    this.#cancelTurn = this.#system.schedule(delay, () => this.#turn());
  }

  /** Not after the end: who waited for a fleet's word may hear it when the journal is gone. */
  #goOn(): void {
    if (this.#isClosed) return;
    this.#retire();
    this.#slices.run();
  }

  #retire(): void {
    this.#bound.retire((member, counter) =>
      this.#doors.get(member.door)!.wants(member, counter)
    );
  }

  /** One piece of work, at the doors in turns: small ones are not to wait for large ones. */
  #work(): Piece {
    for (let tried = 0; tried < this.#round.length; tried++) {
      const piece = this.#round[this.#next]!.work();
      this.#next = (this.#next + 1) % this.#round.length;
      if (piece !== "done") return piece;
    }
    return "done";
  }
}
