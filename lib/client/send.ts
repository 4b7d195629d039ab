/** A knock: the packets of a sequence, in order. */

import type { Address } from "../core/address.ts";
import type { Knock } from "../core/door.ts";
import type { ClientSystem } from "./client_system.ts";
import type { Shot } from "./shot.ts";

export interface SendOptions {
  /** Milliseconds between hits. */
  readonly delay: number;
  /** Whether to hit the first port twice: a host that missed it would miss the rest. */
  readonly firstTwice?: boolean;
  /** Is told of every hit just before it. */
  readonly onHit?: (knock: Knock) => void;
  /** Is told of every hit that has left this machine. */
  readonly onLeft?: () => void;
}

/** Sends a sequence, each packet leaving after the one before it. */
export async function sendSequence(
  system: Pick<ClientSystem, "hit" | "sleep">,
  target: Address,
  sequence: readonly Shot[],
  { delay, firstTwice = false, onHit, onLeft }: SendOptions,
): Promise<void> {
  const hits = firstTwice && sequence.length > 1
    ? [...sequence.slice(0, 1), ...sequence]
    : sequence;
  for (const [index, knock] of hits.entries()) {
    if (index > 0 && delay > 0) await system.sleep(delay);
    onHit?.(knock);
    await system.hit(target, knock);
    onLeft?.();
  }
}
