/**
 * A daemon with a directory of its own takes over, once, the journal of the directory that
 * all daemons had in common before.
 */

import type { Config } from "../../config/config.ts";
import { syncDirectory } from "../../files/atomic.ts";
import { exists } from "../../files/look.ts";
import { openDatabase } from "./database.ts";
import { closeMarked } from "./in_use.ts";
import { LeaseTable } from "./lease_table.ts";
import { seriesOf } from "./series.ts";
import { StateDir } from "./state_dir.ts";

/** Where every daemon's journal was. */
export const COMMON_DIR = "/var/lib/knockd";

/** Directories that only root's daemons with a name have. */
const NAMED = /^\/var\/lib\/knockd-[0-9a-f]{12}$/;

/**
 * Moves the common journal to where this config's is looked for, if there is none yet and
 * all that the common one holds is this config's. Whether it did.
 */
export async function takeOver(
  config: Config,
  from = COMMON_DIR,
  named = NAMED,
): Promise<boolean> {
  const { stateDir } = config.options;
  if (stateDir === undefined || !named.test(stateDir)) return false;
  try {
    if (exists(`${stateDir}/journal.db`) || !exists(`${from}/journal.db`)) return false;
    using _common = await StateDir.claim(from);
    using own = await StateDir.claim(stateDir);
    if (!await isAllOf(config, `${from}/journal.db`)) return false;
    // A full disk may have no room to take the log in: without it most is forgotten.
    if (exists(`${from}/journal.db-wal`)) return false;
    Deno.renameSync(`${from}/journal.db`, `${own.path}/journal.db`);
    for (const directory of [own.path, from]) syncDirectory(directory);
    return true;
  } catch {
    // Another daemon's or user's, or damaged: it stays where it is, for whoever has it.
    return false;
  }
}

/** Whether a journal holds something, and all of it is of this config's doors. */
async function isAllOf({ doors }: Config, path: string): Promise<boolean> {
  const series = new Set<unknown>();
  for (const { label, key } of doors) {
    if (key.kind !== "otp") continue;
    for (const client of key.clients) series.add(seriesOf(label, key.otp, client).id);
  }
  const names = new Set(doors.map(({ name }) => name));
  const db = await openDatabase(path);
  try {
    const spent = db.prepare("SELECT series FROM spent").all();
    const { leases, garbled } = new LeaseTable(db).all();
    return spent.length + leases.length > 0 && garbled.length === 0 &&
      spent.every((row) => series.has(row["series"])) &&
      leases.every(({ door }) => names.has(door));
  } finally {
    // Closing it takes its log in, so that there is one file to move.
    closeMarked(db);
  }
}
