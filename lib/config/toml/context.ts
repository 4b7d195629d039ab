/** What the readers of a knock.toml's tables share. */

import type { Finding, Path } from "../problems.ts";

/** What the readers of single tables are told, and where they report to. */
export interface TomlContext {
  /** The config's own path, for the relative ones in it. */
  readonly configPath: string;
  /** Whether the value at a path was wrong already, and was left out. */
  isBroken(path: Path): boolean;
  /** Takes note of a secret in the config itself. */
  holdsSecret(path: Path): void;
  report(finding: Finding): void;
}
