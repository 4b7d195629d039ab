/** The files that a daemon of a config reads, whoever it runs as. */

import { besideConfig } from "../../../config/named_path.ts";
import { filesNamedIn } from "../../../config/toml/named_files.ts";
import { exists } from "../../../files/look.ts";
import { directoryOf } from "../../../files/path.ts";

/** The config, the secrets beside it, and whatever it names. */
export function filesRead(config: string): string[] {
  const secrets = besideConfig("secrets", config);
  return [...new Set([config, ...filesOf(secrets), ...filesNamedIn(config)])];
}

/** Those of them that are knockd's own, by where it puts them, and their directories. */
export function ownFiles(config: string): string[] {
  const secrets = besideConfig("secrets", config);
  const fleet = besideConfig("fleet", config);
  const ofFleet = filesNamedIn(config).filter((path) => directoryOf(path) === fleet);
  const all = [config, secrets, ...filesOf(secrets), fleet, ...ofFleet];
  return all.filter((path) => exists(path) && (path !== fleet || ofFleet.length > 0));
}

function filesOf(directory: string): string[] {
  if (!exists(directory)) return [];
  return [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile)
    .map(({ name }) => `${directory}/${name}`);
}
