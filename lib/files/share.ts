/** Root's files that the daemon's own group may read. */

import { explained } from "./reason.ts";
import { isServiceGroup } from "./service_ids.ts";

const GROUP_READS = 0o040;
const GROUP_ENTERS = 0o010;
const OTHERS_READ = 0o004;

/** Lets a group read a file, or enter a directory; what all may read stays as it is. */
export function shareWithGroup(path: string, group: number): void {
  explained(`${path}: it can't be given to group ${group}`, () => {
    const { isDirectory, isFile, mode, gid } = Deno.lstatSync(path);
    const bits = (mode ?? 0) & 0o7777;
    if ((!isDirectory && !isFile) || (bits & OTHERS_READ) !== 0) return;
    const more = GROUP_READS | (isDirectory ? GROUP_ENTERS : 0);
    if (gid === group && (bits & more) === more) return;
    Deno.chownSync(path, null, group);
    Deno.chmodSync(path, bits | more);
  });
}

/** Lets the daemon's group read a new file if it may read the one that names it. */
export function shareLike(model: string, path: string): void {
  const { gid, mode } = Deno.statSync(model);
  if (gid === null || ((mode ?? 0) & GROUP_READS) === 0 || !isServiceGroup(gid)) return;
  shareWithGroup(path, gid);
}
