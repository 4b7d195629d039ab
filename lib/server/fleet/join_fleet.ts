/** A node as a daemon has it: with its file, and its words in the log. */

import { Failure } from "../../core/failure.ts";
import { IN_MEMORY } from "../journal/side_database.ts";
import type { Logger } from "../log/log.ts";
import { Fleet, type FleetOptions } from "./fleet.ts";
import { FleetFacts } from "./fleet_facts.ts";
import { FleetReport } from "./fleet_report.ts";

/** What a daemon has for its node. */
export type JoinOptions = Omit<FleetOptions, "facts" | "report"> & {
  /** Where its file is; in memory without it. */
  readonly stateDir: string | undefined;
  readonly logger: Logger;
};

export async function joinFleet(
  options: JoinOptions,
): Promise<{ fleet: Fleet; report: FleetReport }> {
  const report = new FleetReport(options.logger, options.system);
  const facts = await factsOf(options.stateDir, report);
  return { fleet: new Fleet({ ...options, report, facts }), report };
}

/** What is wrong with the file keeps no door shut: it goes on in memory, which is said. */
async function factsOf(
  stateDir: string | undefined,
  report: FleetReport,
): Promise<FleetFacts> {
  if (stateDir !== undefined) {
    try {
      return await FleetFacts.open(`${stateDir}/fleet.db`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      report.trouble({ kind: "facts in memory", why: error.message });
    }
  }
  return await FleetFacts.open(IN_MEMORY);
}
