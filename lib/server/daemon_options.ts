/** What a daemon is given. */

import type { Config } from "../config/config.ts";
import type { LogHandle } from "./log/log.ts";
import type { World } from "./world.ts";

export interface DaemonOptions {
  readonly config: Config;
  readonly log: LogHandle;
  readonly world: World;
  /** Leave IPv6 out. */
  readonly ipv4Only: boolean;
  /** Whether somebody has to confirm it. */
  readonly onTrial: boolean;
  /** Reads the config again; throws a Failure if it is wrong. */
  readonly reload: () => Promise<Config>;
  /** Called when an interface hears, with its addresses. */
  readonly onListening: (name: string, addresses: readonly string[]) => void;
  /** Called when an interface does not hear, with the reason. */
  readonly onDeaf: (name: string, reason: string) => void;
  /** Called when an interface is not to be heard any more, with the reason. */
  readonly onLeft: (name: string, reason: string) => void;
  readonly onBusy: () => void;
}
