import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { History } from "../../../lib/server/history/history.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryDirectory } from "../state_directory.ts";

/** A history on disk that another program can keep from being written. */
class Disk {
  readonly system = new FakeSystem();
  readonly warned: string[] = [];
  readonly history: History;
  readonly other: DatabaseSync;
  readonly path: string;

  constructor(history: (disk: Disk) => History, path: string) {
    this.history = history(this);
    this.path = path;
    this.other = new DatabaseSync(path);
  }

  /** Runs a test with one. */
  static async run(test: (disk: Disk) => Promise<void> | void): Promise<void> {
    const directory = await memoryDirectory();
    const path = `${directory}/history.db`;
    const disk = new Disk(({ system, warned }) => {
      const limits = { days: 1_000_000, rows: 5000 };
      return new History(system, limits, (text) => warned.push(text));
    }, path);
    try {
      await disk.history.useFile(path);
      await test(disk);
    } finally {
      disk.other.close();
      disk.history[Symbol.dispose]();
      await Deno.remove(directory, { recursive: true });
    }
  }

  opens(n: number): void {
    const values = { event: "open", door: `d${n}`, ip: "192.0.2.7", client: `c${n}` };
    this.history.note({ time: n, level: "info", line: "", values });
  }
}

Deno.test("a history that can't be written says so once, and loses nothing of a short while", () =>
  Disk.run(async (disk) => {
    const { history, system, warned, other } = disk;
    other.exec("BEGIN IMMEDIATE");
    for (let n = 0; n < 30; n++) {
      disk.opens(n);
      await system.advance(1000);
    }
    assert.equal(warned.length, 1);
    assert.match(warned[0]!, /history can't be written: database is locked/);
    assert.equal(history.newest({}).length, 30, "what waits is known");
    other.exec("ROLLBACK");
    await system.advance(10_000);
    assert.deepEqual(warned.slice(1), ["the history is written again"]);
    assert.equal(history.newest({}).length, 30);
    assert.equal(system.timers, 0);
  }));

Deno.test("a history that can't be written for long keeps the newest 1,000 in memory", () =>
  Disk.run(async (disk) => {
    disk.other.exec("BEGIN IMMEDIATE");
    for (let n = 0; n < 50; n++) disk.opens(n);
    await disk.system.advance(1000);
    for (let n = 50; n < 3000; n++) disk.opens(n);
    disk.other.exec("ROLLBACK");
    await disk.system.advance(10_000);
    const doors = disk.history.newest({}).map(({ door }) => door);
    assert.deepEqual([doors.length, doors[0], doors.at(-1)], [1000, "d2000", "d2999"]);
  }));

Deno.test("a history that can't be read takes nothing from status but what it knows", () =>
  Disk.run((disk) => {
    disk.other.exec("DROP TABLE happening");
    disk.opens(7);
    const known = [...disk.history.lastOpenings().values()];
    assert.deepEqual(known.map(({ client }) => client), ["c7"]);
    assert.match(disk.warned.join("\n"), /history can't be read: no such table/);
  }));

Deno.test("a history that is taken away begins anew, which is said, and has what happened since", () =>
  Disk.run(async (disk) => {
    const { history, system, warned, path } = disk;
    disk.opens(1);
    await system.advance(1000);
    for (const suffix of ["", "-wal", "-shm"]) Deno.removeSync(path + suffix);
    disk.opens(2);
    await system.advance(1000);
    await until(() => isThere(path) && history.newest({}).length === 1);
    assert.match(warned.join(), /^the history .* was taken away; another one begins$/);
    disk.opens(3);
    await system.advance(1000);
    assert.deepEqual(history.newest({}).map(({ door }) => door), ["d2", "d3"]);
  }));

Deno.test("a history whose directory is taken away is said once, and is in memory", () =>
  Disk.run(async (disk) => {
    const { history, system, warned, path } = disk;
    disk.opens(1);
    await system.advance(1000);
    Deno.removeSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    for (let n = 2; n < 5; n++) {
      disk.opens(n);
      await system.advance(1000);
    }
    await until(() => warned.length > 1);
    assert.equal(warned.length, 2);
    assert.match(warned[1]!, /^no history on disk: /);
    assert.equal(history.newest({}).length, 3);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")));
  }));

async function until(done: () => boolean): Promise<void> {
  for (let n = 0; n < 500 && !done(); n++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
