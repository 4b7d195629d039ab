/** Problems of a config: how they are collected and how they are shown. */

import { UsageError } from "../core/failure.ts";
import { escapeControls } from "../core/printable.ts";
import type { Problem } from "../files/problem.ts";
import type { WarningName } from "./finding_names.ts";
import { tomlKey } from "./toml/key.ts";

/** A problem whose place in the file is yet to be looked up. */
export interface Finding {
  /** Whether it keeps the config from being used. */
  readonly severity: Problem["severity"];
  /** The table, key or array element it is about: `["doors", "ssh", "sequence", 2]`. */
  readonly path: Path;
  /** What the message starts with, if it isn't `path`. */
  readonly subject?: Path;
  /** Point at the key instead of its value. */
  readonly atKey?: boolean;
  /** Characters into the value, where the value is a text. */
  readonly offset?: number;
  /** What is wrong, without the place. */
  readonly message: string;
  readonly hint?: string;
  /** What a warning is called in docs/advice.md. */
  readonly name?: WarningName;
}

/** Keys and indices from the root of a config to a value. */
export type Path = readonly (string | number)[];

/** How a path is shown: `doors.ssh.sequence[2]`. */
export function formatPath(path: Path): string {
  return path.map((part, index) => {
    if (typeof part === "number") return `[${part}]`;
    return index === 0 ? tomlKey(part) : `.${tomlKey(part)}`;
  }).join("");
}

/**
 * The line that shows a problem: `knock.toml:12:14: doors.ssh.sequence[2]: …`. What it quotes
 * does not speak to the terminal it is shown on.
 */
export function formatProblem(problem: Problem): string {
  const { file, line, column, message, hint } = problem;
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  const more = hint === undefined ? "" : ` (${hint})`;
  return escapeControls(`${place}: ${message}${more}`);
}

/** Problems in the order of the file, errors and warnings alike. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** Whether any of the problems keeps the config from being used. */
export function hasErrors(problems: readonly { severity: string }[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}

/** Errors that are shown at most; nobody reads more before mending some. */
const MAX_SHOWN = 100;

/** The error that shows the errors among the problems, one a line. */
export function configError(problems: readonly Problem[]): UsageError {
  const errors = problems.filter((problem) => problem.severity === "error");
  const more = errors.length - MAX_SHOWN;
  return new UsageError(
    errors.slice(0, MAX_SHOWN).map(formatProblem).join("\n"),
    more > 0
      ? more === 1 ? "there is 1 error more" : `there are ${more} errors more`
      : undefined,
  );
}
