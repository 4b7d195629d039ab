/**
 * As the first process of a container, the daemon gets every process that its commands
 * leave in the background and has to collect it in the end.
 */

import { collectChild, endedChild } from "../../../ffi/ended_children.ts";
import { isWaitedFor, type System } from "../system.ts";

/** From the end of a child to looking: the runtime has collected its own by then. */
const LOOK_MS = 100;

/** How to find children that have ended. */
interface Children {
  /** Calls back whenever one ends; only where nobody else collects orphans. */
  follow(told: () => void): void;
  /** One that has ended, or 0. */
  ended(): number;
  /** Whether somebody else collects it. */
  isWaitedFor(pid: number): boolean;
  collect(pid: number): void;
}

const REAL: Children = {
  follow(told) {
    const isFirst = Deno.build.os === "linux" && Deno.pid === 1;
    if (isFirst) Deno.addSignalListener("SIGCHLD", told);
  },
  ended: endedChild,
  isWaitedFor,
  collect: collectChild,
};

/** Collects, soon after {@linkcode told} is called, all that ended and nobody waits for. */
class Orphans {
  readonly #system: Pick<System, "schedule">;
  readonly #children: Children;
  #looking = false;

  constructor(system: Pick<System, "schedule">, children: Children) {
    this.#system = system;
    this.#children = children;
  }

  /** Some child has ended. */
  readonly told = (): void => {
    if (this.#looking) return;
    this.#looking = true;
    this.#system.schedule(LOOK_MS, () => {
      this.#looking = false;
      this.#look();
    });
  };

  #look(): void {
    const { ended, isWaitedFor, collect } = this.#children;
    for (let pid = ended(); pid > 0; pid = ended()) {
      // It hides those behind it until it is collected, which is about to happen.
      if (isWaitedFor(pid)) return this.told();
      collect(pid);
    }
  }
}

/** Collects orphans if this is the first process; elsewhere something else does. */
export function collectOrphans(
  system: Pick<System, "schedule">,
  children: Children = REAL,
): void {
  children.follow(new Orphans(system, children).told);
}
