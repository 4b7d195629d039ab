/** A config as one of the two formats gives it, before it is judged as a whole. */

import type { Door } from "../core/door.ts";
import type { Options } from "./config.ts";
import type { FleetSettings } from "./fleet_settings.ts";
import type { IgnoredAdvice } from "./ignored_advice.ts";
import type { Finding, Path } from "./problems.ts";

/** A place in a text, both from 1. */
export interface Position {
  readonly line: number;
  /** Column, in UTF-16 units as editors count. */
  readonly column: number;
}

/** What was read, and what was wrong with it. */
export interface Draft {
  readonly options: Options;
  /** The fleet that this machine is of, if it is of one. */
  readonly fleet?: FleetSettings;
  /** The doors that could be made sense of, in the order of the file. */
  readonly doors: readonly Door[];
  /** What is not to be said of them. */
  readonly ignoredAdvice?: IgnoredAdvice;
  readonly findings: readonly Finding[];
  /** The first secret that the config itself holds. */
  readonly secretAt?: Path | undefined;
  /** Whether the file itself says something at a path. */
  has(path: Path): boolean;
  /** Gives the function that looks up where each of the findings is. */
  locator(findings: readonly Finding[]): Promise<(finding: Finding) => Position>;
}

/** A text that is not in its format at all, from some point on. */
export interface SyntaxProblem extends Position {
  readonly message: string;
  readonly hint?: string;
}
