/** Databases beside the journal: what is wrong with them keeps no door shut. */

import type { DatabaseSync } from "node:sqlite";
import { Failure } from "../../core/failure.ts";
import { reason } from "../../files/reason.ts";

/** Keeps a database in memory alone. */
export const IN_MEMORY = ":memory:";

/** Opens one, making it with these tables if there is none; throws a Failure. */
export async function openBeside(path: string, tables: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite");
  let db: DatabaseSync | undefined;
  try {
    // SQLite would make it readable by everybody.
    const mode = { append: true, create: true, mode: 0o600 };
    if (path !== IN_MEMORY) Deno.openSync(path, mode).close();
    db = new DatabaseSync(path);
    db.exec(tables);
    return db;
  } catch (error) {
    db?.close();
    const hint = "move it away: the next start makes a new one";
    throw new Failure(`${path}: ${reason(error)}`, hint, { cause: error });
  }
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
