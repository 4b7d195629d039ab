/** Whose secret a file holds, by the text of a config. */

import { besideConfig } from "../named_path.ts";
import { clientsIn } from "./toml_text.ts";
import { realPath } from "../../files/look.ts";

/** A client of a door, by name. */
interface Named {
  readonly door: string;
  readonly client: string;
}

/**
 * Another client whose secret is in the same file, by whatever path; its name and its
 * door's, or nothing. Throws what the system does where there is no such file.
 */
export function otherWith(
  file: string,
  config: { readonly path: string; readonly text: string },
  except?: Named,
): string | undefined {
  const real = Deno.realPathSync(file);
  for (const [door, clients] of clientsIn(config.text)) {
    for (const [client, named] of clients) {
      if (named === undefined) continue;
      if (door === except?.door && client === except.client) continue;
      if (realPath(besideConfig(named, config.path)) !== real) continue;
      return `${client} of door ${door}`;
    }
  }
  return undefined;
}
