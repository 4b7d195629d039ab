/**
 * Being in a fleet: list, then watch, and a heartbeat beside it. All of it is given up
 * together, and begun anew: nothing that was missed needs to be known.
 */

import type { System } from "../system.ts";
import type { Engine } from "./engine/engine.ts";
import { type EngineEvent, watchAll } from "./engine/engine_watch.ts";
import type { EntryKeys, KeyRange } from "./entry_keys.ts";
import { SLICE, yieldToEventLoop } from "./event_loop.ts";
import { listAll, type Listing } from "./listing.ts";

/** Between two heartbeats, and how long one may take. */
const HEARTBEAT_MS = 10_000;
const PATIENCE_MS = 5000;
/** A node that did nothing for longer stood still, and what comes now may have happened then. */
const STILL_MS = HEARTBEAT_MS + PATIENCE_MS;

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

export interface AttendanceListener {
  /** What is to be compared with everything, which is listed next. */
  shared(): ReadonlyMap<string, number>;
  /** Everything as it is, and what was shared before; what follows comes after this has settled. */
  listed(listing: Listing, before: ReadonlyMap<string, number>): Promise<void>;
  changed(event: EngineEvent): void;
  /** Says that this node is there. */
  beat(ms: number): Promise<void>;
  /** Whether the engine is there, and if not, why. */
  present(why: string | undefined): void;
}

/** A node's presence in its fleet. */
export class Attendance {
  readonly #engine: Engine;
  readonly #keys: EntryKeys;
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #listener: AttendanceListener;
  #round = new AbortController();
  #closing = false;
  /** When it has done something last. */
  #awake = 0;
  #wake = () => {};

  constructor(
    engine: Engine,
    keys: EntryKeys,
    system: Pick<System, "monotonic" | "schedule">,
    listener: AttendanceListener,
  ) {
    this.#engine = engine;
    this.#keys = keys;
    this.#system = system;
    this.#listener = listener;
    void this.#run();
  }

  /** Lists anew. */
  restart(): void {
    this.#round.abort();
    this.#wake();
  }

  /** Leaves; what is under way comes to nothing. */
  close(): void {
    this.#closing = true;
    this.restart();
  }

  async #run(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.#closing) {
      const round = this.#round = new AbortController();
      const isAsked = () => round.signal.aborted;
      try {
        await this.#attend(round, () => pause = FIRST_PAUSE_MS);
      } catch (error) {
        if (!isAsked()) {
          this.#listener.present(error instanceof Error ? error.message : `${error}`);
          this.#engine.giveUp();
        }
      }
      round.abort();
      if (this.#closing) return;
      await this.#wait(pause);
      pause = Math.min(LONGEST_PAUSE_MS, 2 * pause);
    }
  }

  async #attend(round: AbortController, onPresent: () => void): Promise<void> {
    const before = this.#listener.shared();
    const listing = await listAll(this.#engine, this.#keys, PATIENCE_MS);
    await this.#listener.listed(listing, before);
    await this.#listener.beat(PATIENCE_MS);
    const deaf = Promise.withResolvers<never>();
    const cancel = this.#beatEvery(round, deaf.reject);
    try {
      const from = listing.revision + 1;
      const watches = this.#keys.watched.map((range) => {
        const begun = Promise.withResolvers<void>();
        return { begun, ends: this.#watch(range, from, round.signal, begun.resolve) };
      });
      const over = Promise.race([...watches.map(({ ends }) => ends), deaf.promise]);
      await Promise.race([over, Promise.all(watches.map(({ begun }) => begun.promise))]);
      this.#listener.present(undefined);
      onPresent();
      await over;
    } finally {
      cancel();
    }
  }

  async #watch(
    range: KeyRange,
    from: number,
    signal: AbortSignal,
    onBegun: () => void,
  ): Promise<void> {
    const start = { from, patience: PATIENCE_MS, onBegun };
    let count = 0;
    for await (const event of watchAll(this.#engine, range, start, signal)) {
      if (signal.aborted || !this.#isAwake()) return;
      this.#listener.changed(event);
      if (++count % SLICE === 0) await yieldToEventLoop();
    }
  }

  #beatEvery(round: AbortController, onDeaf: (error: unknown) => void): () => void {
    let cancel = () => {};
    const later = () => {
      cancel = this.#system.schedule(HEARTBEAT_MS, () => {
        if (!this.#isAwake()) return;
        this.#listener.beat(PATIENCE_MS).then(
          () => round.signal.aborted || this.#isAwake() && later(),
          onDeaf,
        );
      });
    };
    this.#awake = this.#system.monotonic();
    later();
    return () => cancel();
  }

  /** Whether it did not stand still; else it lists anew, which tells how old all is. */
  #isAwake(): boolean {
    const now = this.#system.monotonic();
    const stoodStill = now - this.#awake > STILL_MS;
    if (stoodStill) this.restart();
    this.#awake = now;
    return !stoodStill;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#system.schedule(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
