/** Databases beside the journal: what is wrong with them keeps no door shut. */

import type { DatabaseSync } from "node:sqlite";
import { Failure } from "../../core/failure.ts";
import { statOf } from "../../files/look.ts";
import { hintFor, reason } from "../../files/reason.ts";

/** Keeps a database in memory alone. */
export const IN_MEMORY = ":memory:";

/** Opens one, making it with these tables if there is none; throws a Failure. */
export async function openBeside(path: string, tables: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite");
  let db: DatabaseSync | undefined;
  try {
    refusePipe(path);
    // SQLite would make it readable by everybody.
    const mode = { append: true, create: true, mode: 0o600 };
    if (path !== IN_MEMORY) Deno.openSync(path, mode).close();
    db = new DatabaseSync(path);
    db.exec(tables);
    return db;
  } catch (error) {
    db?.close();
    throw unusable(path, error);
  }
}

/** What a daemon that writes to it just now may take, milliseconds. */
const BUSY_MS = 2000;

/** SQLite's code for a file that it can't open, or can't make beside one. */
const CANT_OPEN = 14;

/** Looks into one that a daemon has left, and changes nothing; throws a Failure. */
export async function lookInto<T>(
  path: string,
  look: (db: DatabaseSync) => T,
): Promise<T> {
  const { DatabaseSync } = await import("node:sqlite");
  try {
    refusePipe(path);
    // SQLite does not say why it can't open a file.
    Deno.openSync(path).close();
    const options = { readOnly: true, timeout: BUSY_MS };
    try {
      using db = new DatabaseSync(path, options);
      return look(db);
    } catch (error) {
      if ((error as { errcode?: unknown }).errcode !== CANT_OPEN) throw error;
      // On a disk that is read-only there is no room for SQLite's locks, nor need.
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      const url = new URL(`file://${encoded}?immutable=1`);
      using db = new DatabaseSync(url, options);
      return look(db);
    }
  } catch (error) {
    throw unusable(path, error);
  }
}

/** To open one would wait for whoever writes into it; SQLite opens what lies beside, too. */
function refusePipe(path: string): void {
  for (const each of [path, `${path}-wal`, `${path}-journal`]) {
    if (statOf(each)?.isFile !== false) continue;
    throw new Failure(
      each === path ? "not a regular file" : `${each} is no regular file`,
    );
  }
}

function unusable(path: string, error: unknown): Failure {
  const [first = ""] = reason(error).split("\n");
  const isForeign = /^no such (table|column)/.test(first);
  const why = isForeign ? `it is another program's (${first})` : first;
  const hint = error instanceof Deno.errors.PermissionDenied
    ? hintFor(error)
    : "move it away: the next start makes a new one";
  return new Failure(`${path}: ${why}`, hint, { cause: error });
}

/** Does all of the work, in one transaction, or none of it. */
export function together(db: DatabaseSync, work: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    work();
    db.exec("COMMIT");
  } catch (error) {
    // A full disk has it rolled back already.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
