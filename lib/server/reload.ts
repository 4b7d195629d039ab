/** What SIGHUP and `knockd reload` do. */

import type { Config } from "../config/config.ts";
import type { Report } from "./log/report.ts";

/** What there is to do. */
export interface ReloadSteps {
  /** Where the config is read. */
  readonly path: string;
  readonly report: Report;
  /** Opens the log file anew: it may have been moved away. */
  readonly reopenLog: () => void;
  /** Reads the config; rejected if it is wrong. */
  readonly read: () => Promise<Config>;
  /** Puts it to work as a whole; rejected, and nothing has changed, if that can't be. */
  readonly apply: (config: Config) => Promise<void>;
}

/** Does it; rejected, and the old config stays in force, if a step fails: the log says why. */
export async function reloadConfig(
  { path, report, reopenLog, read, apply }: ReloadSteps,
): Promise<void> {
  reopenLog();
  report.reloading(path);
  try {
    await apply(await read());
  } catch (error) {
    // Whatever it is, the daemon has doors to close and goes on.
    const { message } = error instanceof Error ? error : new Error(`${error}`);
    for (const why of message.split("\n")) report.trouble({ kind: "failure", why });
    report.trouble({ kind: "not reloaded" });
    throw error;
  }
}

/** Does it for SIGHUP, and tells a service manager that wants to know. */
export async function reloadOnSignal(
  daemon: { reload(): Promise<void> },
  manager: { reloading(): () => void } | undefined,
): Promise<void> {
  const reloaded = manager?.reloading();
  try {
    await daemon.reload();
  } catch {
    // Why not, the log has said.
  }
  reloaded?.();
}

/**
 * Does something one at a time. Whoever asks while another waits for its turn is served together
 * with that one, so that no queue forms.
 */
export function coalesced(act: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= last.then(() => {
      next = undefined;
      return act();
    });
    last = next.catch(() => {});
    return next;
  };
}
