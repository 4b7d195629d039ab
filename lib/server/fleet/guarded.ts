/** What a full disk keeps from being noted. */

import type { FleetReport } from "./fleet_report.ts";

/** What something gives; nothing where it fails, which is said, and no reason to be deaf. */
export function guarded<T>(report: FleetReport, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    const why = error instanceof Error ? error.message : `${error}`;
    return void report.trouble({ kind: "failure", why });
  }
}
