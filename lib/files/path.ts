/** Paths, whatever directory the program is in. */

import { realPath } from "./look.ts";

/** A path that does not depend on the directory that the program is in. */
export function absolutePath(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

/** Whether two paths lead to one file. */
export function isSameFile(a: string, b: string): boolean {
  return (realPath(a) ?? absolutePath(a)) === (realPath(b) ?? absolutePath(b));
}
