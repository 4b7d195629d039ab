import assert from "node:assert/strict";
import type { Config } from "../../../lib/config/config.ts";
import { requestControl } from "../../../lib/server/control/client.ts";
import { openControl } from "../../../lib/server/control_socket.ts";
import { FakeSystem } from "../fake_system.ts";
import { type MemoryLog, memoryLog } from "../log/memory_log.ts";
import { withPath } from "./control_server.ts";

const MINUTE = 60_000;

/** A daemon's socket, and the minutes that pass. */
class Kept {
  readonly system = new FakeSystem();
  readonly log: MemoryLog = memoryLog();
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async open(): Promise<AsyncDisposable> {
    const config = {
      path: "/knock.toml",
      options: { control: this.path, interfaces: [] },
    };
    const handle = () => Promise.resolve("well");
    const { log: { logger }, system } = this;
    const around = { logger, system, onFault: assert.ifError };
    return await openControl(config as unknown as Config, handle, around);
  }

  /** What is answered, at the latest when the system has looked at the disk. */
  async answer(): Promise<unknown> {
    for (let n = 0; n < 500; n++) {
      const answer = await requestControl(this.path, { command: "status" })
        .catch(() => undefined);
      if (answer !== undefined) return answer;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return undefined;
  }

  /** Waits until the log has so many lines. */
  async said(count: number): Promise<readonly string[]> {
    for (let n = 0; n < 500 && this.log.lines.length < count; n++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.log.lines;
  }
}

Deno.test("control socket that is taken away is there again within a minute, which is said", () =>
  withPath(async (path) => {
    const kept = new Kept(path);
    {
      await using _control = await kept.open();
      for (let n = 1; n <= 2; n++) {
        await Deno.remove(path);
        await kept.system.advance(MINUTE);
        assert.equal(await kept.answer(), "well");
        const said = await kept.said(n);
        assert.deepEqual(said, Array(n).fill(`the control socket is at ${path} again`));
      }
      await kept.system.advance(MINUTE);
      assert.equal(kept.log.lines.length, 2, "it is there");
    }
    assert.equal(kept.system.timers, 0);
    await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
  }));

Deno.test("control socket that could not be opened is once it can be, and why is said once", () =>
  withPath(async (path) => {
    await Deno.mkdir(path);
    const kept = new Kept(path);
    await using _control = await kept.open();
    for (let n = 0; n < 3; n++) await kept.system.advance(MINUTE);
    await Deno.remove(path);
    await kept.system.advance(MINUTE);
    assert.equal(await kept.answer(), "well");
    assert.deepEqual(await kept.said(2), [
      `no control socket: ${path}: there is a file that is no socket`,
      `the control socket is at ${path} again`,
    ]);
  }));

Deno.test("what somebody else has put in the place of the control socket stays", () =>
  withPath(async (path) => {
    const kept = new Kept(path);
    await using _control = await kept.open();
    await Deno.remove(path);
    await Deno.mkdir(path);
    await kept.system.advance(MINUTE);
    assert.deepEqual(kept.log.lines, []);
    assert.ok((await Deno.lstat(path)).isDirectory);
  }));
