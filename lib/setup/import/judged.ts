/** What `check` would say of a knock.toml that is about to be printed. */

import {
  type DoorFindingName,
  isDoorFindingName,
  severityOf,
} from "../../config/finding_names.ts";
import { adviceOn } from "../../config/judge/door_advice.ts";
import { lint } from "../../config/judge/lint.ts";
import { readToml } from "../../config/toml/read.ts";
import { escapeControls } from "../../core/printable.ts";

/** Something that check would say of a door. */
export interface Judged {
  readonly door: string;
  /** What it is called. */
  readonly name: DoorFindingName;
  /** What is said, with what would be better, in a line. */
  readonly line: string;
}

/** All of it that follows from the text; what follows from the machine is left to check. */
export function judge(text: string, path: string): Judged[] {
  const draft = readToml(text, path);
  if (!("doors" in draft)) return [];
  const warnings = [...draft.findings, ...lint(draft)].flatMap(
    ({ severity, name, path: [, door], message, hint = "" }) =>
      severity === "error" || !isDoorFindingName(name) || typeof door !== "string"
        ? []
        : [{ door, name, message, hint }],
  );
  return [...warnings, ...adviceOn(draft.doors)].map(
    ({ door, name, message, hint }) => {
      const mark = severityOf(name) === "unsafe" ? "unsafe: " : "";
      const more = hint === "" ? "" : ` (${hint})`;
      return { door, name, line: escapeControls(`${mark}${message}${more}`) };
    },
  );
}

/** The names for a door's `ignore_advice`: each once, and none of what is unsafe. */
export function acceptable(judged: readonly Judged[], door: string): DoorFindingName[] {
  const names = judged.filter((each) => each.door === door).map(({ name }) => name);
  return [...new Set(names)].filter((name) => severityOf(name) === "unwise");
}

/** The comment and the key of a door; nothing where there is nothing to ignore. */
export function ignoringLines(names: readonly DoorFindingName[]): string[] {
  if (names.length === 0) return [];
  const list = names.map((name) => JSON.stringify(name)).join(", ");
  return [
    "# Said above, so that check leaves these out; it says again what you take out:",
    `ignore_advice = [${list}]`,
  ];
}
