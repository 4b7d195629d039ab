/** Who besides root could have written a file that root is to obey. */

import { orUndefined } from "../core/or_undefined.ts";
import { realPath, statOf } from "./look.ts";
import { absolutePath } from "./path.ts";

/** What the system says of a file or a directory. */
export interface Owned {
  readonly mode: number | null | undefined;
  readonly uid: number | null | undefined;
  readonly gid: number | null | undefined;
}

/** Why a file is not to be trusted. */
export interface Distrust {
  /** Whether others may write it, or it is theirs. */
  readonly kind: "writable" | "owner";
  /** What is wrong: `everybody may write this file (mode 0666)`. */
  readonly message: string;
  readonly hint: string;
}

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** Why a file may not be believed, if so; `self` is the user who is to obey it. */
export function distrustOfFile(path: string, file: Owned, self: number): Distrust[] {
  return distrust(path, "this file", file, self);
}

/**
 * The same of every directory on the way to a path, up to the root, as it is written and as
 * it is once links are followed: who may write one of them can put another tree in its
 * place. In a sticky one nobody can replace what is another's, but with a link of his own.
 */
export function distrustOfDirectories(path: string, self: number): Distrust[] {
  const seen = new Set<string>();
  const found: Distrust[] = [];
  for (
    const directory of [...directoriesOf(path), ...directoriesOf(realPath(path) ?? path)]
  ) {
    const info = statOf(directory);
    if (info === undefined) continue;
    const which = `${info.dev} ${info.ino}`;
    if (seen.has(which)) continue;
    seen.add(which);
    if (((info.mode ?? 0) & STICKY) !== 0) continue;
    found.push(...distrust(directory, `the directory ${directory}`, info, self));
  }
  return [...found, ...distrustOfLinks(path, self)];
}

/** The first link on the way to a path that is neither root's nor of `self`, if any. */
export function foreignLink(path: string, self: number | null): string | undefined {
  const link = linkOfOthers(path, self);
  if (link === undefined) return undefined;
  return `${link.path} is a link of user ${link.uid}, and only root's are followed`;
}

function distrustOfLinks(path: string, self: number): Distrust[] {
  const link = linkOfOthers(path, self);
  if (link === undefined) return [];
  const message = `the link ${link.path} belongs to user ${link.uid}, and root obeys it`;
  return [{ kind: "owner", message, hint: `chown -h root ${link.path}` }];
}

function linkOfOthers(
  path: string,
  self: number | null,
): { path: string; uid: number | null } | undefined {
  for (const part of [absolutePath(path), ...directoriesOf(path)].reverse()) {
    // What can't be looked at can't be read either, which is said elsewhere.
    const info = orUndefined(() => Deno.lstatSync(part));
    if (!info?.isSymlink || info.uid === 0 || info.uid === self) continue;
    return { path: part, uid: info.uid };
  }
  return undefined;
}

/** The directories on the way to a path, the nearest first, the root last. */
export function directoriesOf(path: string): string[] {
  const parts = absolutePath(path).split("/").slice(1, -1);
  return [
    ...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`).reverse(),
    "/",
  ];
}

function distrust(
  path: string,
  name: string,
  { mode, uid, gid }: Owned,
  self: number,
): Distrust[] {
  const found: Distrust[] = [];
  const bits = mode ?? 0;
  // All of the machine share a sticky directory.
  const hint = (bits & STICKY) !== 0 ? "take a file of root's" : `chmod go-w ${path}`;
  const shown = `(mode 0${(bits & 0o777).toString(8).padStart(3, "0")})`;
  if ((bits & OTHERS_WRITE) !== 0) {
    const message = `everybody may write ${name} ${shown}, and root obeys it`;
    found.push({ kind: "writable", message, hint });
  } else if ((bits & GROUP_WRITES) !== 0 && gid !== 0) {
    const message = `group ${gid} may write ${name} ${shown}, and root obeys it`;
    found.push({ kind: "writable", message, hint });
  }
  if (uid !== 0 && uid !== self && uid !== null && uid !== undefined) {
    const message = `${name} belongs to user ${uid}, and root obeys it`;
    found.push({ kind: "owner", message, hint: `chown root ${path}` });
  }
  return found;
}
