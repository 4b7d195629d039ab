/**
 * A mark in the database's own file for as long as it has a log: where the mark is and the
 * log is not, the log was taken away, and with it the newest of what was noted. A copy
 * without the log is known by it, too.
 */

import type { DatabaseSync } from "node:sqlite";
import { orUndefined } from "../../core/or_undefined.ts";
import { dropFact, isNoted, noteFact } from "./facts.ts";

/** Takes what is in the log into the database, on the disk. */
const CHECKPOINT = "PRAGMA wal_checkpoint";

/**
 * Marks a database that was just opened, on the disk; on a full one it goes without, so that
 * overdue doors can be closed.
 */
export function markInUse(db: DatabaseSync): void {
  if (isNoted(db, "in use")) return;
  orUndefined(() => {
    // The checkpoint syncs what is in the log, and then the database.
    db.exec("PRAGMA synchronous = NORMAL");
    try {
      noteFact(db, "in use");
    } finally {
      db.exec("PRAGMA synchronous = FULL");
    }
    db.exec(CHECKPOINT);
  });
}

/** Closes a database, which then needs no log; one that still does keeps its mark. */
export function closeMarked(db: DatabaseSync): void {
  orUndefined(() => {
    // On a full disk a log that begins anew has room.
    db.exec(CHECKPOINT);
    dropFact(db, "in use");
  });
  db.close();
}

/**
 * Closes a database whose log was cut off, and takes the rest of the log away: the next to
 * open it finds the mark. What was written since lies behind a hole, which SQLite would take
 * for pages; from an empty log it takes nothing.
 */
export function closeWithoutLog(db: DatabaseSync, path: string): void {
  orUndefined(() => Deno.truncateSync(`${path}-wal`));
  db.close();
  orUndefined(() => Deno.removeSync(`${path}-wal`));
}
