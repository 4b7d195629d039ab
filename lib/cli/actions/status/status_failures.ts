/** The knocks that opened nothing, as `knockd status` prints them. */

import { secondOf } from "../../../core/local_time.ts";
import { REFUSAL_LABELS } from "../../../core/refusal_words.ts";
import type { FailedReason, PastFailure } from "../../../server/log/failed_knock.ts";
import type { DoorStatus } from "../../../server/status.ts";
import { folded } from "../columns.ts";

/** Rows at most; `--json` has all. */
const MOST_ROWS = 20;

const LABELS: Readonly<Record<FailedReason, string>> = {
  ...REFUSAL_LABELS,
  max_open: "open for max_open addresses already",
  rate: "too many openings in a second",
  cooldown: "within its cooldown",
  fault: "a fault of the machine: see the log",
  engine: "the fleet's engine could not be asked",
};

/** How often each door stayed shut for each reason: what happened most comes first. */
export function failureCounts(doors: readonly DoorStatus[]): string[][] {
  const counts = doors.flatMap(({ name, failed }) =>
    Object.entries(failed ?? {}).map(([reason, count]) => ({ name, reason, count }))
  );
  return counts.sort((a, b) => b.count - a.count).slice(0, MOST_ROWS).map(
    ({ name, reason, count }) => [
      name,
      String(count),
      LABELS[reason as FailedReason] ?? reason,
    ],
  );
}

/** Who knocked, and below it why it failed; the newest last. */
export function lastFailures(failures: readonly PastFailure[]): string[] {
  return failures.flatMap(({ time, door, ip, client, why }) => [
    `  ${secondOf(time)}  ${ip}: ${door}${client === undefined ? "" : ` (${client})`}`,
    ...folded(why, "    "),
  ]);
}
