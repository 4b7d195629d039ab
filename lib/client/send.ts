/**
 * A knock: the packets of a sequence, in order.
 *
 * @module
 */
import type { Address } from "../core/address.ts";
import type { Knock, Sequence } from "../core/door.ts";
import type { System } from "./system.ts";

/** How a knock is sent. */
export interface SendOptions {
  /** Milliseconds between hits. */
  readonly delay: number;
  /** Milliseconds after the first hit, where they differ. */
  readonly delayAfterFirst?: number;
  /** Is told of every hit just before it. */
  readonly onHit?: (knock: Knock) => void;
}

/** Sends a sequence, each packet leaving after the one before it. */
export async function sendSequence(
  system: Pick<System, "hit" | "sleep">,
  target: Address,
  sequence: Sequence,
  { delay, delayAfterFirst = delay, onHit }: SendOptions,
): Promise<void> {
  for (const [index, knock] of sequence.entries()) {
    const pause = index === 0 ? 0 : index === 1 ? delayAfterFirst : delay;
    if (pause > 0) await system.sleep(pause);
    onHit?.(knock);
    await system.hit(target, knock);
  }
}
