import assert from "node:assert/strict";
import { StatementSync } from "node:sqlite";
import { History } from "../../../lib/server/history/history.ts";
import { FakeSystem } from "../fake_system.ts";
import { databaseError, ERRNOS, failing, systemError } from "../machine_faults.ts";
import { memoryDirectory } from "../state_directory.ts";

const MINUTE = 60_000;

/** A history, what it warns of, and time. */
class Kept {
  readonly system = new FakeSystem();
  readonly warned: string[] = [];
  readonly history: History;
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    const limits = { days: 1_000_000, rows: 5000 };
    this.history = new History(this.system, limits, (text) => this.warned.push(text));
  }

  static async run(test: (kept: Kept) => Promise<void>): Promise<void> {
    const directory = await memoryDirectory();
    const kept = new Kept(`${directory}/history.db`);
    try {
      await test(kept);
    } finally {
      kept.history[Symbol.dispose]();
      await Deno.remove(directory, { recursive: true });
    }
  }

  /** A door is opened, and a second passes. */
  async opens(n: number): Promise<void> {
    const values = { event: "open", door: `d${n}`, ip: "192.0.2.7" };
    this.history.note({ time: n, level: "info", line: "", values });
    await this.system.advance(1000);
  }

  /** What is told of so far. */
  get doors(): string[] {
    return this.history.newest({}).map(({ door }) => door);
  }

  /** Waits for what the file system does in its own time. */
  async warnings(count: number): Promise<readonly string[]> {
    for (let n = 0; n < 500 && this.warned.length < count; n++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.warned;
  }
}

for (const code of ERRNOS) {
  Deno.test(`a history whose writing fails with ${code} says so once, and has all in the end`, () =>
    Kept.run(async (kept) => {
      await kept.history.useFile(kept.path);
      await kept.opens(1);
      {
        using disk = failing(StatementSync.prototype, "run", () => databaseError(code));
        for (let n = 2; n < 30; n++) await kept.opens(n);
        assert.ok(disk.count >= 2, "it is tried again");
        assert.equal(kept.warned.length, 1);
        assert.equal(kept.doors.length, 29, "what waits is known");
      }
      await kept.system.advance(10_000);
      assert.deepEqual(kept.warned.slice(1), ["the history is written again"]);
      assert.equal(kept.doors.length, 29);
      assert.equal(kept.system.timers, 0);
    }));

  Deno.test(`a history that can't be opened for ${code} is on disk once it can be`, () =>
    Kept.run(async (kept) => {
      {
        using disk = failing(Deno, "openSync", () => systemError(code));
        await kept.history.useFile(kept.path);
        for (let n = 1; n < 4; n++) {
          await kept.system.advance(MINUTE);
          await kept.opens(n);
          assert.equal(
            disk.count,
            n + 1,
            "it is tried every minute in which there is news",
          );
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
        assert.equal(kept.warned.length, 1);
        assert.match(kept.warned[0]!, /^no history on disk: /);
        assert.deepEqual(kept.doors, ["d1", "d2", "d3"]);
      }
      await kept.system.advance(MINUTE);
      await kept.opens(4);
      assert.deepEqual((await kept.warnings(2)).slice(1), [
        `the history is on disk again: ${kept.path}`,
      ]);
      await kept.opens(5);
      assert.deepEqual(kept.doors, ["d1", "d2", "d3", "d4", "d5"]);
      const next = new Kept(kept.path);
      await next.history.useFile(kept.path);
      assert.equal(next.doors.length, 5, "it is read by the next daemon");
      next.history[Symbol.dispose]();
    }));
}
