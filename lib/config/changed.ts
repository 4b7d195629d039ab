/** What a reload alone does not do. */

import { changedForClients, type Outdated } from "./changed_for_clients.ts";
import { changedForGood } from "./changed_for_good.ts";
import type { Config } from "./config.ts";

/** What is still to be done for a config in force. */
export interface Changed {
  /** Options that a running daemon can't take up. */
  readonly takesRestart: readonly string[];
  /** Who knocks in vain until they are enrolled anew. */
  readonly takesEnrolment: readonly Outdated[];
}

/** That, after another config was. */
export function changed(before: Config, after: Config): Changed {
  return {
    takesRestart: changedForGood(before, after),
    takesEnrolment: changedForClients(before.doors, after.doors),
  };
}
