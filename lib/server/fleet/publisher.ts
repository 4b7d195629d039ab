/**
 * Tells the other nodes which doors are open, and which are not any more. Of one door and
 * address one thing is told after the other, and only what is still so; of one client, each
 * knock after those before it, as the others take a counter below the last for a replay.
 */

import { BoundedMap } from "../../core/bounded_map.ts";
import { Failure } from "../../core/failure.ts";
import type { System } from "../system.ts";
import type { Engine } from "./engine/engine.ts";
import { EngineError } from "./engine/engine_error.ts";
import { toEngine } from "./engine/engine_text.ts";
import { formatEntry, type LeaseEntry } from "./entry.ts";
import type { EntryKeys, LeasePlace } from "./entry_keys.ts";
import type { EntrySeal } from "./entry_seal.ts";
import { revisionOf } from "./listing.ts";

const RETRY_MS = 1000;
/** Doors whose changes are known: of each only until the engine's own word of it comes. */
const MOST_CHANGES = 4096;

/** What is told of an open door besides its time. */
export type LeaseFacts = Pick<
  LeaseEntry,
  "by" | "client" | "series" | "counter" | "once"
>;

/** What is told of a place. */
interface Telling {
  readonly what: "open" | "closed";
  readonly done: Promise<void>;
}

export interface PublisherOptions {
  readonly engine: Pick<Engine, "call">;
  readonly keys: EntryKeys;
  readonly seal: EntrySeal;
  readonly system: Pick<System, "now" | "monotonic" | "schedule">;
  /** The engine has it. */
  readonly published: (key: string, until: number) => void;
  /** It could not be told yet. */
  readonly delayed: (place: LeasePlace, why: string) => void;
}

export class Publisher {
  readonly #options: PublisherOptions;
  /** What is told last of each place, by its key, and of each series. */
  readonly #latest = new Map<string, Telling>();
  /** Of open doors, the change in the engine that told of each. */
  readonly #changes = new BoundedMap<string, number>(MOST_CHANGES);
  #closed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /**
   * A door is open from now on for so many milliseconds; `note` is called before anybody is
   * told.
   */
  publish(
    place: LeasePlace,
    facts: LeaseFacts,
    openFor: number,
    note: () => void,
  ): Promise<boolean> {
    const { keys, system, published } = this.#options;
    const key = keys.lease(place);
    const closesAt = system.monotonic() + openFor;
    const act = async () => {
      // Whole seconds, as its own config would say it.
      const rest = Math.ceil((closesAt - system.monotonic()) / 1000) * 1000;
      const left = Math.min(openFor, rest);
      this.#changes.set(key, await this.#put(key, facts, left, note));
      published(key, system.now() + left);
    };
    return this.#tell("open", place, closesAt, act, facts.series);
  }

  /** It is closed, after it might have been open for so many milliseconds more. */
  unpublish(place: LeasePlace, openFor: number): Promise<boolean> {
    const { keys, system, engine } = this.#options;
    const key = toEngine(keys.lease(place));
    return this.#tell("closed", place, system.monotonic() + openFor, async () => {
      await engine.call("kv/deleterange", { key });
    });
  }

  /** Settles when what is just being told of an open door is, or can't be. */
  telling(key: string): Promise<void> | undefined {
    const latest = this.#latest.get(key);
    return latest?.what === "open" ? latest.done : undefined;
  }

  /** Whether a change in the engine is older than what was told of an open door. */
  isOlder(key: string, revision: number): boolean {
    return revision < (this.#changes.get(key) ?? 0);
  }

  /** The engine is to be listed anew, and may have gone back. */
  forgetChanges(): void {
    this.#changes.clear();
  }

  /** Tells nothing more. */
  close(): void {
    this.#closed = true;
  }

  /** Gives a promise that settles after the first try: whether there is no more to tell. */
  #tell(
    what: Telling["what"],
    place: LeasePlace,
    until: number,
    act: () => Promise<void>,
    series?: string,
  ): Promise<boolean> {
    const key = this.#options.keys.lease(place);
    const queues = series === undefined ? [key] : [key, series];
    const before = Promise.all(queues.map((queue) => this.#latest.get(queue)?.done));
    const first = Promise.withResolvers<boolean>();
    const isLatest = () => this.#latest.get(key) === own && !this.#closed;
    const failed = () => first.resolve(false);
    const done = before.then(async () => {
      await this.#insist(place, until, act, { isLatest, failed });
      for (const queue of queues) {
        if (this.#latest.get(queue) === own) this.#latest.delete(queue);
      }
      first.resolve(true);
    });
    const own = { what, done };
    for (const queue of queues) this.#latest.set(queue, own);
    return first.promise;
  }

  async #insist(
    place: LeasePlace,
    until: number,
    act: () => Promise<void>,
    { isLatest, failed }: { isLatest: () => boolean; failed: () => void },
  ): Promise<void> {
    const { system, delayed } = this.#options;
    while (isLatest() && system.monotonic() < until) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failed();
        if (!isLatest()) return;
        delayed(place, error.message);
      }
      await new Promise<void>((resolve) => system.schedule(RETRY_MS, resolve));
    }
  }

  async #put(
    key: string,
    facts: LeaseFacts,
    left: number,
    note: () => void,
  ): Promise<number> {
    const { engine, seal, system } = this.#options;
    const granted = this.#granted(left);
    granted.catch(() => {});
    // The disk is written while etcd is asked.
    await new Promise<void>((resolve) => system.schedule(0, resolve));
    note();
    const lease = await granted;
    const entry = { v: 1, open_for: left, ...facts, at: system.now() } as const;
    const value = toEngine(formatEntry("lease", entry, key, seal));
    const put = { key: toEngine(key), value, lease };
    return revisionOf(await engine.call("kv/put", put));
  }

  /** etcd's lease for so many milliseconds from now on. */
  async #granted(left: number): Promise<string> {
    const TTL = `${secondsOf(left)}`;
    const { ID } = await this.#options.engine.call("lease/grant", { TTL });
    if (typeof ID !== "string") throw new EngineError("etcd gives no lease", true);
    return ID;
  }
}

/** etcd counts in seconds. */
function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
