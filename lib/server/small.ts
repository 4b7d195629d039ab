/**
 * Keeps a daemon that waits small.
 *
 * @module
 */
import { releaseSpareMemory } from "../../ffi/spare_memory.ts";
import type { System } from "./system.ts";

/** When the start is over, with all that it alone needed. */
const SETTLED_MS = 2000;

/** A flood or a reload, too, leaves behind what is not needed again soon. */
const PERIOD_MS = 60_000;

/** From now on, until disposed, gives back what is held and not needed. */
export function staySmall(system: Pick<System, "schedule">): Disposable {
  let cancel = system.schedule(SETTLED_MS, release);
  function release(): void {
    releaseSpareMemory();
    cancel = system.schedule(PERIOD_MS, release);
  }
  return { [Symbol.dispose]: () => cancel() };
}
