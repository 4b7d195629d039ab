/** A config in the one format under a name for the other. */

import type { Draft, SyntaxProblem } from "./draft.ts";
import { hasErrors } from "./problems.ts";

/** Said of TOML in a file that is read as a knockd.conf. */
const IS_TOML: SyntaxProblem = {
  line: 0,
  column: 0,
  message: "this is TOML, but only a file whose name ends in .toml is read as such",
  hint: "rename it to knock.toml",
};

/** Said of a knockd.conf in a file that is read as TOML. */
const IS_CLASSIC: SyntaxProblem = {
  line: 0,
  column: 0,
  message: "this is a knockd.conf, but a file whose name ends in .toml is read as TOML",
  hint: "rename it to knockd.conf",
};

/** The one thing that is wrong with a config that is right in the other format. */
export async function otherFormat(
  text: string,
  format: "toml" | "classic",
  draft: Draft | SyntaxProblem,
): Promise<SyntaxProblem | undefined> {
  if ("doors" in draft && !hasErrors(draft.findings)) return undefined;
  // Its doors are tables of a table; nobody calls a door that by accident.
  const hasTomlDoor = /^[ \t]*\[[ \t]*doors[ \t]*\./m.test(text);
  if (format === "classic") {
    if (!hasTomlDoor) return undefined;
    const { readToml } = await import("./toml/read.ts");
    return "doors" in readToml(text, "") ? IS_TOML : undefined;
  }
  if (hasTomlDoor || "doors" in draft) return undefined;
  const { readKnockdConf } = await import("./classic/read.ts");
  const { doors, findings } = readKnockdConf(text, "/");
  return doors.length > 0 && !hasErrors(findings) ? IS_CLASSIC : undefined;
}
