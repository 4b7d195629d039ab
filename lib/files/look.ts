/** What is at a path. */

import { orUndefined } from "../core/or_undefined.ts";

/** Whether there is anything at a path, a link that leads nowhere too. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The same, but that what can't be looked at may be there. */
export function mayExist(path: string): boolean {
  return orUndefined(() => exists(path)) ?? true;
}

/** What a path leads to; `undefined` where nothing is, or where it can't be looked at. */
export function statOf(path: string): Deno.FileInfo | undefined {
  return orUndefined(() => Deno.statSync(path));
}

/** The path without links; `undefined` where it leads nowhere, or nobody may follow it. */
export function realPath(path: string): string | undefined {
  return orUndefined(() => Deno.realPathSync(path));
}

/** The paths of what a directory holds; none where there is none, or it is not for us. */
export function pathsIn(directory: string): string[] {
  const entries = orUndefined(() => [...Deno.readDirSync(directory)]) ?? [];
  return entries.map(({ name }) => `${directory}/${name}`);
}
