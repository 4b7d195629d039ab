/** The config as the doctor sees it: can it be used? */

import { plural } from "../core/plural.ts";
import type { Loaded } from "../config/load.ts";
import { formatProblem } from "../config/problems.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";

/** Every error is ill, every warning worth a look. */
export function configFindings(path: string, { config, problems }: Loaded): Examined[] {
  const found = problems.map((problem) => {
    const says = formatProblem(problem);
    const isHidden = / Permission denied$/.test(problem.message);
    const fix = isHidden
      ? "run knockd doctor as root"
      : `mend ${path}, then knockd check`;
    return problem.severity === "error"
      ? ill("config", says, fix)
      : unknown("config", says);
  });
  if (config === undefined) return found;
  const doors = plural(config.doors.length, "door");
  return [well("config", `${path} can be used: ${doors}`), ...found];
}
