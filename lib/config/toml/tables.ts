/**
 * The tables of a TOML text that some paths lie in. The parser that knows places takes as
 * long for a thousand doors as all the rest of a start, and mostly one of them is asked for.
 */

import type { Path } from "../problems.ts";

const KEY = String.raw`[\w-]+|"[^"\\]*"|'[^']*'`;
/** Its first key tells a table from a value that stands on a line of its own in an array. */
const NAME = String.raw`[a-z][\w-]*(?:\s*\.\s*(?:${KEY}))*`;
const HEADER = new RegExp(String.raw`^\s*\[{1,2}\s*(${NAME})\s*\]{1,2}\s*(?:#[^]*)?$`);
/** A table whose name is written in another way may be anybody's. */
const MAYBE_HEADER = /^\s*\[{1,2}\s*[a-z"']/i;
const KEYS = new RegExp(KEY, "g");
/** What looks like a table may be one of its lines. */
const LONG_TEXT = /"""|'''/;

/** The text of a config that is right with all lines blank that none of the paths needs. */
export function tablesOf(text: string, paths: readonly Path[]): string {
  if (LONG_TEXT.test(text)) return text;
  let needed = true;
  return text.split("\n").map((line) => {
    const table = tableAt(line);
    if (table !== undefined) needed = paths.some((path) => isOnTheWay(table, path));
    else if (MAYBE_HEADER.test(line)) needed = true;
    return needed ? line : "";
  }).join("\n");
}

/** The path of the table that a line begins. */
function tableAt(line: string): string[] | undefined {
  const [, name] = HEADER.exec(line) ?? [];
  return name?.match(KEYS)?.map((key) => key.replaceAll(/^["']|["']$/g, ""));
}

/** Whether one is within the other. */
function isOnTheWay(table: Path, path: Path): boolean {
  return table.every((key, i) => i >= path.length || key === path[i]);
}
