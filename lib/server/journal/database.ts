/** The journal's file: made whole or not at all, opened only if it can be trusted. */

import { syncDirectory } from "../../files/atomic.ts";
import { directoryOf } from "../../files/path.ts";
import { exists } from "../../files/look.ts";
import type { DatabaseSync } from "node:sqlite";
import { damaged, JournalError, journalFailure } from "./journal_error.ts";
import { APPLICATION_ID, declarations, SCHEMA_VERSION, upgrade } from "./tables.ts";
import { isNoted, noteFact } from "./facts.ts";
import { markInUse } from "./in_use.ts";
import { damageInLog, hasPage } from "./wal.ts";
import { LOG_KEPT } from "./database_files.ts";

const MAGIC = "SQLite format 3\0";

/** `exclusive` keeps the index of the log in memory; `fullfsync` is for macOS. */
const SETTINGS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA journal_size_limit = ${LOG_KEPT};
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
`;

/** Bytes of a page. A commit writes whole ones: two small ones are on the disk sooner. */
const PAGE_SIZE = 1024;

/** Bytes of the log after which it is taken into the database. */
const LOG_FULL = 1_048_576;

/** Bytes that no log has: beyond a full one there is a commit, of some thousand leases. */
const LOG_MOST = 268_435_456;

export interface DatabaseHooks {
  /** Called when a new database is complete, before and after it gets its name. */
  readonly onCreate?: (when: "before" | "after") => void;
  /** Puts into a new database what it is to hold from the first moment on. */
  readonly fill?: (db: DatabaseSync) => void;
  /** Called when its log was taken away: what was spent before is unknown then. */
  readonly onLogLost?: () => void;
}

/**
 * Opens the database at `path`, making it if there has never been one.
 *
 * @throws {Failure} if it is damaged, newer than this program, or out of reach.
 */
export async function openDatabase(
  path: string,
  { onCreate = () => {}, fill = () => {}, onLogLost = () => {} }: DatabaseHooks = {},
): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite");
  try {
    for (const suffix of ["", "-journal", "-wal"]) {
      const left = `${path}.new${suffix}`;
      if (exists(left)) Deno.removeSync(left);
    }
    if (!exists(path)) {
      refuseRemains(path);
      create(path, onCreate, fill, (name) => new DatabaseSync(name));
    }
    refuseStranger(path);
    const log = logOf(path);
    const damage = damageInLog(log);
    if (damage) throw damaged(path, damage);
    const db = new DatabaseSync(path);
    try {
      const version = trustedVersion(db, path);
      using reference = new DatabaseSync(":memory:");
      upgrade(reference, 0);
      db.exec(SETTINGS);
      // Those that earlier versions made have larger pages.
      const pages = LOG_FULL / integer(db, "page_size");
      db.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
      if (version < SCHEMA_VERSION) upgrade(db, version);
      if (declarations(db) !== declarations(reference)) {
        throw damaged(path, "its tables are not those of a journal");
      }
      if (isNoted(db, "in use") && !hasPage(log)) {
        noteFact(db, "unknown past");
        onLogLost();
      }
      markInUse(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw journalFailure(path, error);
  }
}

/** Builds the database beside its place and moves it there when it is on the disk. */
function create(
  path: string,
  onCreate: (when: "before" | "after") => void,
  fill: (db: DatabaseSync) => void,
  open: (path: string) => DatabaseSync,
): void {
  const draft = `${path}.new`;
  Deno.openSync(draft, { write: true, createNew: true, mode: 0o600 }).close();
  const db = open(draft);
  try {
    db.exec(`PRAGMA page_size = ${PAGE_SIZE}`);
    db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;");
    upgrade(db, 0);
    fill(db);
  } finally {
    db.close();
  }
  {
    using file = Deno.openSync(draft);
    file.syncSync();
  }
  onCreate("before");
  Deno.renameSync(draft, path);
  syncDirectory(directoryOf(path));
  onCreate("after");
}

/**
 * Refuses a log without its database: that is what a lost journal leaves.
 *
 * @throws {JournalError}
 */
export function refuseRemains(path: string): void {
  for (const suffix of ["-wal", "-shm", "-journal"]) {
    if (exists(path + suffix)) throw damaged(path, `only ${path + suffix} is left of it`);
  }
}

/** SQLite would take an empty file for a new database: here it is a lost one. */
function refuseStranger(path: string): void {
  const info = Deno.lstatSync(path);
  if (!info.isFile) throw damaged(path, "not a regular file");
  if (info.uid !== Deno.uid() || ((info.mode ?? 0) & 0o077) !== 0) {
    throw new JournalError(
      `${path}: the journal is not the daemon's alone`,
      `chown ${Deno.uid()} and chmod 600 it, once you trust what is in it`,
    );
  }
  using file = Deno.openSync(path);
  const header = new Uint8Array(100);
  if ((file.readSync(header) ?? 0) < header.length) {
    throw damaged(path, `it was cut off after ${info.size} bytes`);
  }
  // A log may hold what a power failure kept from a last page; without one it is lost.
  const page = new DataView(header.buffer).getUint16(16) || 65_536;
  if (info.size % page !== 0 && !exists(`${path}-wal`)) {
    throw damaged(path, `it was cut off after ${info.size} bytes`);
  }
  if (new TextDecoder("latin1").decode(header.subarray(0, 16)) !== MAGIC) {
    throw damaged(path, "not a SQLite database");
  }
}

/** What is in its log, before SQLite looks; a pipe beside it would be waited for. */
function logOf(path: string): Uint8Array {
  const log = `${path}-wal`;
  for (const each of [log, `${path}-journal`]) {
    if (!exists(each) || Deno.lstatSync(each).isFile) continue;
    throw damaged(path, `${each} is not a regular file`);
  }
  if (!exists(log)) return new Uint8Array();
  const { size } = Deno.lstatSync(log);
  if (size > LOG_MOST) throw damaged(path, `its log has ${size} bytes`);
  return Deno.readFileSync(log);
}

/** The version of a database in which every page makes sense. */
function trustedVersion(db: DatabaseSync, path: string): number {
  db.exec("PRAGMA locking_mode = EXCLUSIVE");
  const application = integer(db, "application_id");
  const version = integer(db, "user_version");
  if (application !== APPLICATION_ID || version < 1) {
    throw damaged(path, "not a journal of knockd's");
  }
  if (version > SCHEMA_VERSION) {
    throw new JournalError(
      `${path}: the journal has version ${version}, this knockd knows ${SCHEMA_VERSION}`,
      "run the newer knockd that made it",
    );
  }
  const check = String(value(db, "quick_check"));
  if (check !== "ok") throw damaged(path, check.split("\n").slice(0, 3).join(", "));
  return version;
}

function integer(db: DatabaseSync, pragma: string): number {
  return Number(value(db, pragma));
}

function value(db: DatabaseSync, pragma: string): unknown {
  return db.prepare(`PRAGMA ${pragma}`).get()?.[pragma];
}
