/**
 * The order in which the commands of one address start, whatever doors they are of. The
 * next one's turn has come when the one before has ended, and at most two seconds after
 * that one's own turn: who hangs delays the others by no more.
 */

import type { System } from "../system.ts";

/** How long a turn lasts at most. */
const TURN_MS = 2000;

/** A place in the order of an address. */
export interface Turn {
  /** Calls back when its time has come, or at once. Only the last one is called. */
  whenCome(act: () => void): void;
  /** The command has ended, or will never run. Twice is harmless. */
  end(): void;
}

export class Turns {
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #last = new Map<string, Link>();

  constructor(system: Pick<System, "monotonic" | "schedule">) {
    this.#system = system;
  }

  /**
   * The address's next turn. Those of one door that follow each other need not wait for
   * one another's: they run one after the other anyway.
   */
  take(ip: string, door: string): Turn {
    const before = this.#last.get(ip);
    const turn = new Link(door, this.#system, () => {
      if (this.#last.get(ip) === turn) this.#last.delete(ip);
    });
    this.#last.set(ip, turn);
    if (before === undefined) turn.come(this.#system.monotonic());
    else before.precede(turn);
    return turn;
  }
}

/** A turn, and the one after it. */
class Link implements Turn {
  readonly #door: string;
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #over: () => void;
  #cameAt: number | undefined;
  #ended = false;
  #next: Link | undefined;
  #act = () => {};
  #cancelTimer = () => {};

  constructor(
    door: string,
    system: Pick<System, "monotonic" | "schedule">,
    over: () => void,
  ) {
    this.#door = door;
    this.#system = system;
    this.#over = over;
  }

  whenCome(act: () => void): void {
    this.#act = act;
    if (this.#cameAt !== undefined) act();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // One that ends before its time still keeps those behind it in their order.
    if (this.#cameAt === undefined) return;
    this.#over();
    this.#next?.come(this.#system.monotonic());
  }

  /** Another one follows. */
  precede(next: Link): void {
    this.#next = next;
    if (this.#cameAt !== undefined) this.#letFollow(next, this.#cameAt);
  }

  /** Its time has come, and with it that of those who need not wait for it. */
  come(now: number): void {
    let follower: Link | undefined = this.#begin(now);
    while (follower !== undefined) follower = follower.#begin(now);
  }

  /** Gives the one whose time comes with this one's. */
  #begin(now: number): Link | undefined {
    this.#cancelTimer();
    if (this.#cameAt !== undefined) return undefined;
    this.#cameAt = now;
    if (this.#ended) this.#over();
    this.#act();
    const next = this.#next;
    if (next === undefined || this.#ended || next.#door === this.#door) return next;
    this.#letFollow(next, now);
    return undefined;
  }

  #letFollow(next: Link, cameAt: number): void {
    const now = this.#system.monotonic();
    const left = cameAt + TURN_MS - now;
    if (this.#ended || left <= 0 || next.#door === this.#door) return next.come(now);
    next.#cancelTimer = this.#system.schedule(
      left,
      () => next.come(this.#system.monotonic()),
    );
  }
}
