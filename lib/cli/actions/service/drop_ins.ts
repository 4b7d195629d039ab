/** Files that change a unit from beside it, long after they were forgotten. */

import { overridden, settingsOf } from "../../../setup/service/drop_in.ts";
import { Failure, orFailure } from "../../../core/failure.ts";
import { pathsIn, realPath } from "../../../files/look.ts";
import { explained } from "../../../files/reason.ts";

const PLACES = [
  // Where `systemctl set-property` writes.
  ...["/etc", "/run"].map((place) => `${place}/systemd/system.control`),
  ...["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"]
    .map((place) => `${place}/systemd/system`),
];

/** A line for each drop-in of a unit that says what the unit says, or can't be read. */
export function dropInWarnings(unit: string, text: string, places = PLACES): string[] {
  const own = settingsOf(text);
  const seen = new Set<string>();
  const directories = places.flatMap((place) => [
    `${place}/${unit}.d`,
    // They are of all units of the kind.
    `${place}/${unit.replace(/^.*\./, "")}.d`,
  ]);
  return directories.flatMap(dropInsIn).flatMap((path) => {
    const real = realPath(path) ?? path;
    // A link to nothing at all is how one of another place is put out of force.
    if (seen.has(real) || real === "/dev/null") return [];
    seen.add(real);
    const dropIn = orFailure(() => explained(path, () => textOf(real)));
    if (dropIn instanceof Failure) return [`${dropIn.message}: look into it`];
    const both = overridden(own, dropIn);
    return both.length === 0
      ? []
      : [`${path} overrides the unit's ${both.join(", ")}: look into it`];
  });
}

function dropInsIn(directory: string): string[] {
  return pathsIn(directory).filter((path) => path.endsWith(".conf")).sort();
}

/** Whoever reads a pipe waits for its writer. */
function textOf(path: string): string {
  const { isFile } = Deno.statSync(path);
  if (!isFile) throw new Failure(`${path} is no file`);
  return Deno.readTextFileSync(path);
}
