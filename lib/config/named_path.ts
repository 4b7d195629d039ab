/** Where the files are that a config names. */

import { quoted } from "../core/printable.ts";

/** The absolute path of a file that a config names, relative ones being beside it. */
export function besideConfig(path: string, configPath: string): string {
  if (path.startsWith("/")) return path;
  const directory = configPath.slice(0, configPath.lastIndexOf("/") + 1);
  return `${directory.startsWith("/") ? "" : `${Deno.cwd()}/`}${directory}${path}`;
}

/** The same for an error where no such file is: a secret in a name's place is not shown. */
export function missingFile(path: string, configPath: string): string {
  return /^[A-Za-z2-7= ]{25,}$/.test(path)
    ? quoted(path)
    : besideConfig(path, configPath);
}
