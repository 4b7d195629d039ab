/** What a lease makes of how its commands ended. */

import type { Door } from "../../core/door.ts";
import type { Outcome } from "../commands/runner.ts";
import type { StopResult } from "./closing.ts";

/** What became of a start command. */
export type StartResult =
  | { readonly kind: "opened" }
  /** It ended, and the door may be open in part: `ran` unless nothing was run at all. */
  | { readonly kind: "failed"; readonly how: string; readonly ran: boolean }
  /** It waited and will never run. */
  | { readonly kind: "never ran" };

/** What the shell ends with when there is no such program, or it can't be run. */
const COULD_NOT_RUN: readonly number[] = [126, 127];

/** What a start command's end means for its door. */
export function startResult(
  outcome: Outcome,
  { failedStart }: Pick<Door, "failedStart">,
): StartResult {
  const { kind } = outcome;
  if (kind === "refused" || kind === "cancelled") return { kind: "never ran" };
  const how = howItEnded(outcome);
  if (kind === "not started") return { kind: "failed", how, ran: false };
  if (kind === "exit" && outcome.code === 0) return { kind: "opened" };
  if (failedStart === "close") return { kind: "failed", how, ran: true };
  const couldNotRun = kind === "exit" && COULD_NOT_RUN.includes(outcome.code);
  return couldNotRun ? { kind: "failed", how, ran: false } : { kind: "opened" };
}

/** What a stop command's end means for its door. */
export function stopResult(outcome: Outcome): StopResult {
  if (outcome.kind === "cancelled") return "cancelled";
  return outcome.kind === "exit" && outcome.code === 0 ? "closed" : "failed";
}

/** How a command ended, to go on a sentence: `ended with 1`. */
function howItEnded(outcome: Outcome): string {
  switch (outcome.kind) {
    case "exit":
      return `ended with ${outcome.code}`;
    case "signal":
      return `was ended by ${outcome.signal}`;
    case "timeout":
      return "was killed, it took too long";
    case "not started":
      return "could not be run";
    case "refused":
    case "cancelled":
      return "did not run";
  }
}
