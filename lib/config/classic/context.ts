/** What the readers of a knockd.conf's sections share. */

import type { Finding, Path } from "../problems.ts";
import type { Directive } from "./lines.ts";

/** What the readers of sections are told, and where they report to. */
export interface ClassicContext {
  /** The config's own path, for the relative ones in it. */
  readonly configPath: string;
  report(finding: Finding): void;
  place(path: Path, directive: Directive): void;
}
