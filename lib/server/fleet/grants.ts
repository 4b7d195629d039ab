/**
 * etcd's leases, asked for while the counter of a knock is spent: when its door is open, the
 * lease that the others are told with is there already.
 *
 * @module
 */
import type { System } from "../system.ts";
import type { Engine } from "./engine.ts";
import { EngineError } from "./engine_error.ts";

const ASK_MS = 3000;
/** A lease that is older when it is needed would end before its door is closed. */
const FRESH_MS = 500;
/** Knocks that wait for the engine are no more at once. */
const MOST_AHEAD = 64;

interface Grant {
  readonly seconds: number;
  readonly askedAt: number;
  readonly id: Promise<string>;
  cancel?: () => void;
}

/** Asks for leases. */
export class Grants {
  readonly #engine: Pick<Engine, "call">;
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #ahead = new Set<Grant>();

  constructor(
    engine: Pick<Engine, "call">,
    system: Pick<System, "monotonic" | "schedule">,
  ) {
    this.#engine = engine;
    this.#system = system;
  }

  /** One for so many seconds will be needed in a moment, unless the knock is refused. */
  ahead(seconds: number): void {
    if (this.#ahead.size >= MOST_AHEAD) return;
    const id = this.#ask(seconds);
    id.catch(() => {});
    const grant: Grant = { seconds, askedAt: this.#system.monotonic(), id };
    this.#ahead.add(grant);
    grant.cancel = this.#system.schedule(FRESH_MS, () => this.#giveBack(grant));
  }

  /** One for so many seconds from now on; throws an EngineError. */
  async take(seconds: number): Promise<string> {
    const now = this.#system.monotonic();
    const found = [...this.#ahead].find((grant) =>
      grant.seconds === seconds && now - grant.askedAt < FRESH_MS
    );
    if (found === undefined) return await this.#ask(seconds);
    this.#drop(found);
    return await found.id;
  }

  /** Nothing more is needed; what was asked for ends by itself. */
  close(): void {
    this.#ahead.forEach((grant) => this.#drop(grant));
  }

  async #ask(seconds: number): Promise<string> {
    const { ID } = await this.#engine.call(
      "lease/grant",
      { TTL: `${seconds}` },
      ASK_MS,
    );
    if (typeof ID !== "string") throw new EngineError("etcd gives no lease", true);
    return ID;
  }

  #drop(grant: Grant): void {
    grant.cancel?.();
    this.#ahead.delete(grant);
  }

  /** What nobody needs goes, or else ends by itself. */
  #giveBack(grant: Grant): void {
    this.#drop(grant);
    grant.id.then((ID) => this.#engine.call("lease/revoke", { ID }, ASK_MS))
      .catch(() => {});
  }
}
