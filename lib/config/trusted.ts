/** Whether root may obey a config: its commands run as root. */

import {
  type Distrust,
  distrustOfDirectories,
  distrustOfFile,
  type Owned,
} from "../files/trust.ts";
import type { Source } from "../files/source.ts";
import type { Config } from "./config.ts";
import type { Draft } from "./draft.ts";
import type { Finding, Path } from "./problems.ts";
import { statOf } from "../files/look.ts";

/** Findings about a config, its one-time files and the directories of both. */
export function trustFindings(
  draft: Draft,
  source: Source,
  format: Config["format"],
): Finding[] {
  const self = Deno.uid();
  if (self !== 0) return [];
  const { mode, owner: uid, group: gid } = source;
  const own = distrustOf(source.path, { mode, uid, gid }, self);
  return [
    ...own.map((found) => finding([], found, format)),
    ...draft.doors.flatMap(({ name, key }) => {
      if (key.kind !== "file") return [];
      const path: Path = ["doors", name, "one_time_sequences"];
      const info = statOf(key.path);
      const found = info === undefined ? [] : distrustOf(key.path, info, self);
      return found.map((distrust) => finding(path, distrust, "toml"));
    }),
  ];
}

function distrustOf(path: string, info: Owned, self: number): Distrust[] {
  return [...distrustOfFile(path, info, self), ...distrustOfDirectories(path, self)];
}

/** A knockd.conf of another owner was fine for knockd 0.8. */
function finding(
  path: Path,
  { kind, message, hint }: Distrust,
  format: Config["format"],
): Finding {
  const isWarning = kind === "owner" && format === "classic";
  return { severity: isWarning ? "warning" : "error", path, message, hint };
}
