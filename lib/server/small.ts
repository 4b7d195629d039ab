/**
 * Keeps a daemon that waits small, and ready.
 *
 * @module
 */
import { releaseSpareMemory } from "../../ffi/spare_memory.ts";
import type { System } from "./system.ts";

/** When the start is over, with all that it alone needed. */
const SETTLED_MS = 2000;

/** A flood or a reload, too, leaves behind what is not needed again soon. */
const PERIOD_MS = 60_000;

/** From now on, until disposed, gives back what is held and not needed for a knock. */
export function staySmall(system: Pick<System, "schedule" | "spawn">): Disposable {
  let cancel = system.schedule(SETTLED_MS, settle);
  function settle(): void {
    rehearse(system);
    releaseSpareMemory();
    cancel = system.schedule(PERIOD_MS, settle);
  }
  return { [Symbol.dispose]: () => cancel() };
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
