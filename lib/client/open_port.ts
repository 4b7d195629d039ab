/** Waiting for a port to open. */

import type { Address } from "../core/address.ts";
import type { ClientSystem, Connection, Unconnected } from "./client_system.ts";

/** Milliseconds after which a port counts as closed. */
export const PATIENCE = 5000;

const FIRST_INTERVAL = 20;
const LONGEST_INTERVAL = 500;

/**
 * Tries a port until it opens or the patience ends, at growing intervals, each time anew:
 * TCP itself would send a SYN that was dropped again after a second only. A try that is
 * not answered stays under way beside the next: the host may be further than an interval.
 */
export async function connectWhenOpen(
  system: Pick<ClientSystem, "connect" | "sleep">,
  target: Address,
  port: number,
  patience: number = PATIENCE,
): Promise<Connection | Unconnected> {
  const over = new AbortController();
  let result: Connection | Unconnected = "filtered";
  const attempt = async () => {
    const answer = await system.connect(target, port, over.signal);
    if (over.signal.aborted) return close(answer);
    result = answer;
    if (isConnection(answer)) over.abort();
  };
  const attempts: Promise<void>[] = [];
  let interval = FIRST_INTERVAL;
  for (let waited = 0; waited < patience && !over.signal.aborted;) {
    const pause = Math.min(interval, patience - waited);
    attempts.push(attempt());
    await system.sleep(pause, over.signal);
    waited += pause;
    interval = Math.min(interval * 2, LONGEST_INTERVAL);
  }
  over.abort();
  await Promise.all(attempts);
  return result;
}

export function isConnection(answer: Connection | Unconnected): answer is Connection {
  return typeof answer === "object";
}

function close(answer: Connection | Unconnected): void {
  if (isConnection(answer)) answer.close();
}
