/** What `check` says of a config that can be used, as lines. */

import type { Advice } from "../../config/judge/advice.ts";
import { formatProblem } from "../../config/problems.ts";
import { escapeControls } from "../../core/printable.ts";
import type { Problem } from "../../files/problem.ts";

/** Warnings, with their places, and advice. */
export interface Findings {
  readonly problems: readonly Problem[];
  readonly advice: readonly Advice[];
}

/** A line each, with the name that `ignore_advice` takes; errors are said elsewhere. */
export function findingLines({ problems, advice }: Findings): string[] {
  return [
    ...problems.filter(({ severity }) => severity === "warning").map(warningLine),
    ...advice.map(adviceLine),
  ];
}

function warningLine(problem: Problem): string {
  const name = problem.name === undefined ? "" : ` [${problem.name}]`;
  return `knockd: warning: ${formatProblem(problem)}${name}`;
}

function adviceLine({ name, severity, door, message, hint }: Advice): string {
  const kind = severity === "unsafe" ? "unsafe: " : "";
  return escapeControls(`knockd: advice: ${kind}${door}: ${message} (${hint}) [${name}]`);
}
