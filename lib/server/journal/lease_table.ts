/** Where leases are kept. */

import type { DatabaseSync } from "node:sqlite";
import { checksum } from "./checksum.ts";
import { JournalError } from "./journal_error.ts";
import {
  type GarbledLease,
  type LeaseChanges,
  type LeaseRecord,
  type NewLease,
  parseLease,
  type StoredLease,
} from "./lease_record.ts";

/** What is left of the doors that were opened. */
export interface LeaseRows {
  /** In the order in which they began. */
  readonly leases: readonly StoredLease[];
  /** Rows that no command may be built from. */
  readonly garbled: readonly GarbledLease[];
}

export class LeaseTable {
  readonly #all;
  readonly #select;
  readonly #insert;
  readonly #update;
  readonly #delete;

  constructor(db: DatabaseSync) {
    this.#all = db.prepare("SELECT * FROM leases ORDER BY id");
    this.#select = db.prepare("SELECT * FROM leases WHERE id = ?");
    this.#insert = db.prepare("INSERT INTO leases (body, sum) VALUES (?, 0)");
    this.#update = db.prepare("UPDATE leases SET body = ?, sum = ? WHERE id = ?");
    this.#delete = db.prepare("DELETE FROM leases WHERE id = ?");
  }

  /** Adds a lease and returns its id. */
  add(lease: NewLease): number {
    const body = bodyOf({ ...lease, stage: "opening", attempts: 0 });
    const id = Number(this.#insert.run(body).lastInsertRowid);
    this.#update.run(body, checksum([id, body]), id);
    return id;
  }

  /** Changes a lease; what is wrong with its row, if it can't be read. */
  change(id: number, changes: LeaseChanges): GarbledLease | undefined {
    const row = this.#select.get(id);
    if (row === undefined) return { id, problem: "not in the journal" };
    const before = bodyIn(row);
    if (before === undefined) return { id, problem: GARBLED };
    const body = JSON.stringify({ ...JSON.parse(before), ...changes });
    this.#update.run(body, checksum([id, body]), id);
    return undefined;
  }

  /** Takes a lease out; a second time does nothing. */
  remove(id: number): void {
    this.#delete.run(id);
  }

  all(): LeaseRows {
    const leases: StoredLease[] = [];
    const garbled: GarbledLease[] = [];
    for (const row of this.#all.all()) {
      const lease = read(row);
      if ("problem" in lease) garbled.push(lease);
      else leases.push(lease);
    }
    return { leases, garbled };
  }
}

const GARBLED = "its checksum is wrong";

function read(row: Record<string, unknown>): StoredLease | GarbledLease {
  const id = Number(row["id"]);
  const body = bodyIn(row);
  return body === undefined ? { id, problem: GARBLED } : { id, ...parseLease(body) };
}

/** The body of a row, if it is as it was written. */
function bodyIn(row: Record<string, unknown>): string | undefined {
  const body = String(row["body"]);
  return checksum([Number(row["id"]), body]) === row["sum"] ? body : undefined;
}

/** What can't be read back is not written. */
function bodyOf(lease: LeaseRecord): string {
  const body = JSON.stringify(lease);
  const parsed = parseLease(body);
  if ("problem" in parsed) {
    throw new JournalError(`lease of ${lease.door}: ${parsed.problem}`);
  }
  return body;
}
