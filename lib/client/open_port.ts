/**
 * Waiting for a port to open.
 *
 * @module
 */
import type { Address } from "../core/address.ts";
import type { Connection, System } from "./system.ts";

/** Milliseconds after which a port counts as closed. */
export const PATIENCE = 5000;

const FIRST_INTERVAL = 20;
const LONGEST_INTERVAL = 500;

/**
 * Tries a port until it opens or the patience ends, at growing intervals. A try that is
 * not answered stays under way beside the next: the host may be further than an interval.
 */
export async function connectWhenOpen(
  system: Pick<System, "connect" | "sleep">,
  target: Address,
  port: number,
  patience: number = PATIENCE,
): Promise<Connection | undefined> {
  const over = new AbortController();
  let winner: Connection | undefined;
  const attempt = async () => {
    const connection = await system.connect(target, port, over.signal);
    if (over.signal.aborted) return connection?.close();
    if (!connection) return;
    winner = connection;
    over.abort();
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
  return winner;
}
