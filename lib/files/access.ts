/** Whether somebody who is not root may read a file, by what stands on the way to it. */

import { realPath } from "./look.ts";
import { absolutePath } from "./path.ts";
import { directoriesOf, type Owned } from "./trust.ts";

/** Somebody who is not root. */
export interface Reader {
  readonly uid: number;
  readonly groups: readonly number[];
  /** The name of the group that is to let them in. */
  readonly groupName: string;
}

/** A file or a directory that keeps somebody out. */
export interface Barrier {
  readonly path: string;
  readonly isDirectory: boolean;
  /** Whether it is that somebody's own. */
  readonly isOwn: boolean;
}

const READ = 4;
const ENTER = 1;

/** The first on the way to a file that keeps somebody from reading it, if anything does. */
export function blockedAt(
  path: string,
  who: Reader,
  stat: (path: string) => Owned | undefined,
): Barrier | undefined {
  const file = absolutePath(path);
  const real = realPath(file) ?? file;
  const directories = [...directoriesOf(file), ...directoriesOf(real)].toReversed();
  const steps = [
    ...directories.map((path) => ({ path, isDirectory: true, needs: ENTER })),
    { path: real, isDirectory: false, needs: READ },
  ];
  for (const { path, isDirectory, needs } of steps) {
    const info = stat(path);
    if (info === undefined || (bitsFor(info, who) & needs) !== 0) continue;
    return { path, isDirectory, isOwn: info.uid === who.uid };
  }
  return undefined;
}

/** What root does so that somebody gets past that. */
export function letIn(
  barrier: Barrier | undefined,
  { groupName }: Reader,
): string | undefined {
  if (barrier === undefined) return undefined;
  const { path, isDirectory, isOwn } = barrier;
  const bit = isDirectory ? "x" : "r";
  if (isOwn) return `chmod u+${bit} ${path}`;
  const mode = isDirectory ? "g+x" : "640";
  return `as root: chgrp ${groupName} ${path} && chmod ${mode} ${path}`;
}

/** Of the three classes the first that fits decides, also where a later one has more. */
function bitsFor({ mode, uid, gid }: Owned, who: Reader): number {
  const bits = mode ?? 0o777;
  if (uid === who.uid) return bits >> 6;
  return gid !== null && gid !== undefined && who.groups.includes(gid) ? bits >> 3 : bits;
}
