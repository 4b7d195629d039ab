/** Paths, whatever directory the program is in. */

import { realPath } from "./look.ts";

/** A path that does not depend on the directory that the program is in. */
export function absolutePath(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

export function directoryOf(path: string): string {
  const isWindows = Deno.build.os === "windows";
  const slash = Math.max(path.lastIndexOf("/"), isWindows ? path.lastIndexOf("\\") : -1);
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

/** Whether two paths lead to one file. */
export function isSameFile(a: string, b: string): boolean {
  return (realPath(a) ?? absolutePath(a)) === (realPath(b) ?? absolutePath(b));
}
