/** Files that change a unit from beside it, long after they were forgotten. */

import { overridden, settingsOf } from "../../setup/service/drop_in.ts";
import { pathsIn } from "../../files/look.ts";

const PLACES = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"];

/** A line for each drop-in of a unit that says what the unit says, too. */
export function dropInWarnings(unit: string, text: string): string[] {
  const own = settingsOf(text);
  const seen = new Set<string>();
  return PLACES.map((place) => `${place}/systemd/system/${unit}.d`).flatMap((directory) =>
    filesOf(directory).flatMap((path) => {
      const real = Deno.realPathSync(path);
      if (seen.has(real)) return [];
      seen.add(real);
      const both = overridden(own, Deno.readTextFileSync(path));
      return both.length === 0
        ? []
        : [`${path} overrides the unit's ${both.join(", ")}: look into it`];
    })
  );
}

function filesOf(directory: string): string[] {
  return pathsIn(directory).filter((path) => path.endsWith(".conf")).sort();
}
