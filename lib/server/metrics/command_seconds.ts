/** How long commands took, as a histogram. */

import { type DoorDurations, DURATION_LIMITS } from "../log/durations.ts";
import type { Metric, Sample } from "./metric.ts";

const NAME = "knockd_command_seconds";

/** The histogram of the commands of each door. */
export function commandSeconds(commands: readonly DoorDurations[]): Metric {
  return {
    name: NAME,
    help: "How long a door's commands ran",
    type: "histogram",
    values: commands.flatMap(samples),
  };
}

function samples({ door, within, count, sum }: DoorDurations): Sample[] {
  const bucket = (le: string, value: number) => ({
    labels: { door, le },
    value,
    metricName: `${NAME}_bucket`,
  });
  return [
    ...within.map((value, index) => bucket(asFloat(DURATION_LIMITS[index]!), value)),
    bucket("+Inf", count),
    { labels: { door }, value: sum, metricName: `${NAME}_sum` },
    { labels: { door }, value: count, metricName: `${NAME}_count` },
  ];
}

/** OpenMetrics has one way to write a limit, so that series stay the same. */
function asFloat(limit: number): string {
  return Number.isInteger(limit) ? `${limit}.0` : `${limit}`;
}
