/**
 * Who besides root could have written a file that root is to obey.
 *
 * @module
 */

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
  /** What to do about it. */
  readonly hint: string;
}

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** Why a file may not be believed, if so; `self` is the user who is to obey it. */
export function distrustOfFile(
  path: string,
  file: Owned,
  self: number,
): Distrust[] {
  return distrust(path, "this file", file, self);
}

/**
 * The same of the directories that a path is in, as it is written and as it is once links
 * are followed. In a sticky one nobody can replace what is another's.
 */
export function distrustOfDirectory(path: string, self: number): Distrust[] {
  const found = new Map<string, Distrust[]>();
  for (const file of [absolute(path), realPath(path)]) {
    const directory = file.slice(0, file.lastIndexOf("/")) || "/";
    if (found.has(directory)) continue;
    const info = statOf(directory);
    if (info === undefined || ((info.mode ?? 0) & STICKY) !== 0) continue;
    found.set(directory, distrust(directory, `the directory ${directory}`, info, self));
  }
  return [...found.values()].flat();
}

/** The first link on the way to a path that is neither root's nor of `self`, if any. */
export function foreignLink(path: string, self: number | null): string | undefined {
  const parts = absolute(path).split("/").slice(1);
  for (let length = 1; length <= parts.length; length++) {
    const part = `/${parts.slice(0, length).join("/")}`;
    const info = unlessMissing(() => Deno.lstatSync(part));
    if (!info?.isSymlink || info.uid === 0 || info.uid === self) continue;
    return `${part} is a link of user ${info.uid}, and only root's are followed`;
  }
  return undefined;
}

function distrust(
  path: string,
  name: string,
  { mode, uid, gid }: Owned,
  self: number,
): Distrust[] {
  const found: Distrust[] = [];
  const bits = mode ?? 0;
  const shown = `(mode 0${(bits & 0o777).toString(8).padStart(3, "0")})`;
  if ((bits & OTHERS_WRITE) !== 0) {
    const message = `everybody may write ${name} ${shown}, and root obeys it`;
    found.push({ kind: "writable", message, hint: `chmod go-w ${path}` });
  } else if ((bits & GROUP_WRITES) !== 0 && gid !== 0) {
    const message = `group ${gid} may write ${name} ${shown}, and root obeys it`;
    found.push({ kind: "writable", message, hint: `chmod go-w ${path}` });
  }
  if (uid !== 0 && uid !== self && uid !== null && uid !== undefined) {
    const message = `${name} belongs to user ${uid}, and root obeys it`;
    found.push({ kind: "owner", message, hint: `chown root ${path}` });
  }
  return found;
}

function statOf(path: string): Deno.FileInfo | undefined {
  return unlessMissing(() => Deno.statSync(path));
}

/** What can't be looked at can't be read either, which is said elsewhere. */
function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function realPath(path: string): string {
  return unlessMissing(() => Deno.realPathSync(path)) ?? absolute(path);
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}
