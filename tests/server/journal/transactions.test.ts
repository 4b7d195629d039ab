import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { Transactions } from "../../../lib/server/journal/transactions.ts";

/** A database whose disk breaks in the middle of things. */
class BreakingDatabase {
  readonly done: string[] = [];
  /** Statements that fail. */
  readonly broken = new Set<string>();
  isTransaction = false;

  prepare(statement: string) {
    return { run: () => this.exec(statement) };
  }

  exec(statement: string): void {
    if (this.broken.has(statement)) throw new Error("disk I/O error");
    this.done.push(statement);
    this.isTransaction = statement === "BEGIN IMMEDIATE";
  }
}

function broken(...statements: string[]) {
  const db = new BreakingDatabase();
  for (const statement of statements) db.broken.add(statement);
  const transactions = new Transactions(
    db as unknown as DatabaseSync,
    "j",
    () => {},
    () => {},
  );
  return { db, spend: () => transactions.run("spend", () => db.done.push("spent")) };
}

Deno.test("what could be neither committed nor taken back lets nothing go uncommitted later", () => {
  const { db, spend } = broken("COMMIT", "ROLLBACK");
  for (let n = 0; n < 3; n++) assert.throws(spend, /j: disk I\/O error/);
  assert.deepEqual(db.done, ["BEGIN IMMEDIATE", "spent"]);
  db.broken.clear();
  spend();
  assert.deepEqual(db.done.slice(2), ["ROLLBACK", "BEGIN IMMEDIATE", "spent", "COMMIT"]);
});

Deno.test("what is taken back is told, whoever it was part of", () => {
  const db = new BreakingDatabase();
  let taken = 0;
  const onTakenBack = () => void taken++;
  const transactions = new Transactions(
    db as unknown as DatabaseSync,
    "j",
    () => {},
    onTakenBack,
  );
  transactions.run("batch", () => transactions.single("spend", () => {}));
  assert.equal(taken, 0);
  const fails = () => {
    throw new Error("disk I/O error");
  };
  assert.throws(() =>
    transactions.run("batch", () => transactions.single("spend", fails))
  );
  assert.equal(taken, 1);
});
