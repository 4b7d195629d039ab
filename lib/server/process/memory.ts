/** Keeps a daemon that waits small, and ready. */

import { releaseSpareMemory, trimHeap } from "../../../ffi/spare_memory.ts";
import type { System } from "../system.ts";

/** A flood or a reload, too, leaves behind what is not needed again soon. */
const PERIOD_MS = 60_000;

/** When the engine has compiled what a flood needs, in memory of which most is free again. */
const COMPILED_MS = 1000;

/** How often, and how many times from then on, what a flood has needed once is given back. */
const EBB_MS = 10_000;
const EBBS = 5;

/** Keeps a daemon small until it is disposed. */
export interface Small extends Disposable {
  /** To be called when much was done that is not done again. */
  settle(): void;
  /** To be called when traffic becomes heavy. */
  busy(): void;
}

/** Gives back what is held and not needed for a knock, from the first settling on. */
export function staySmall(system: Pick<System, "schedule" | "spawn">): Small {
  let cancel = () => {};
  /** Once between two settlings: traffic that is heavy again finds its code compiled. */
  let cancelTrim: (() => void) | undefined;
  function settle(): void {
    rehearse(system);
    releaseSpareMemory();
    cancelTrim?.();
    cancelTrim = undefined;
    cancel = system.schedule(PERIOD_MS, settle);
  }
  function ebb(left: number): void {
    if (left === 0) return;
    cancelTrim = system.schedule(EBB_MS, () => {
      releaseSpareMemory();
      ebb(left - 1);
    });
  }
  return {
    settle() {
      cancel();
      settle();
    },
    busy() {
      cancelTrim ??= system.schedule(COMPILED_MS, () => {
        trimHeap();
        ebb(EBBS);
      });
    },
    [Symbol.dispose]() {
      cancel();
      cancelTrim?.();
    },
  };
}

/**
 * Starts a program that does not exist. The first start of a program takes 5 ms more than
 * those that follow, and the first knock in days shall not wait for it.
 */
function rehearse(system: Pick<System, "spawn">): void {
  try {
    system.spawn([""], {});
  } catch {
    // As it should; whatever else is wrong, a knock will meet and tell.
  }
}
