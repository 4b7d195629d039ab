import assert from "node:assert/strict";
import type { Config } from "../../../lib/config/config.ts";
import { requestControl } from "../../../lib/server/control/client.ts";
import { openControl } from "../../../lib/server/control_socket.ts";
import { faultWords } from "../../../lib/server/faults.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";
import { ERRNOS, failing, systemError, WORDS } from "../machine_faults.ts";
import { withPath } from "./control_server.ts";

const MINUTE = 60_000;

/** A daemon's control socket; whoever is root's group may use it, too. */
class Kept {
  readonly system = new FakeSystem();
  readonly log = memoryLog();
  readonly path: string;
  readonly faults: unknown[] = [];
  answer: Promise<unknown> = Promise.resolve("well");
  asked = 0;

  constructor(path: string) {
    this.path = path;
  }

  open(controlGroup = `${Deno.gid()}`): Promise<AsyncDisposable> {
    const options = { control: this.path, controlGroup, interfaces: [] };
    const config = { path: "/knock.toml", options } as unknown as Config;
    const { system, log: { logger } } = this;
    const around = {
      logger,
      system,
      onFault: (error: unknown) => this.faults.push(error),
    };
    const handle = () => {
      this.asked++;
      return this.answer;
    };
    return openControl(config, handle, around);
  }

  ask(): Promise<unknown> {
    return requestControl(this.path, { command: "status" });
  }
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 500 && !await done(); n++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What has to succeed for a socket to be there, and what is said where it fails. */
const OPENING = ["listen", "chownSync", "chmodSync"] as const;

for (const code of ERRNOS) {
  const words = WORDS[code].replace(/ \(os error.*/, "");

  for (const call of OPENING) {
    Deno.test(`control socket whose ${call} fails with ${code} is there once it does not`, () =>
      withPath(async (path) => {
        const kept = new Kept(path);
        let control: AsyncDisposable;
        {
          using tried = failing(Deno, call, () => systemError(code));
          control = await kept.open();
          await kept.system.advance(3 * MINUTE);
          await until(() => tried.count >= 4);
          assert.equal(tried.count, 4, "it is tried every minute");
        }
        assert.deepEqual(kept.log.lines.length, 1);
        assert.match(kept.log.lines[0]!, new RegExp(`^no control socket: .*${words}`));
        await kept.system.advance(MINUTE);
        await until(() => kept.log.lines.length > 1);
        assert.deepEqual(kept.log.lines.slice(1), [
          `the control socket is at ${path} again`,
        ]);
        assert.equal(await kept.ask(), "well");
        await control[Symbol.asyncDispose]();
      }));
  }
}

Deno.test("control socket whose group can't be looked up is there once it can be", () =>
  withPath(async (path) => {
    const kept = new Kept(path);
    let control: AsyncDisposable;
    {
      using _ = failing(Deno, "readTextFileSync", () => systemError("EMFILE"));
      control = await kept.open("root");
      await kept.system.advance(2 * MINUTE);
    }
    await kept.system.advance(MINUTE);
    await until(() => kept.log.lines.length > 1);
    assert.equal(await kept.ask(), "well");
    assert.equal(kept.log.lines.length, 2);
    await control[Symbol.asyncDispose]();
  }));

/** The prototype of what listens, or is connected, here. */
async function prototypes(
  path: string,
): Promise<{ listener: object; connection: object }> {
  using listener = Deno.listen({ transport: "unix", path });
  using connection = await Deno.connect({ transport: "unix", path });
  return {
    listener: Object.getPrototypeOf(listener),
    connection: Object.getPrototypeOf(Object.getPrototypeOf(connection)),
  };
}

Deno.test("control socket that can accept nobody tells of each try, and answers once it can", () =>
  withPath(async (path) => {
    const { listener } = await prototypes(`${path}.other`);
    const kept = new Kept(path);
    await using _control = await kept.open();
    {
      using tried = failing(
        listener,
        "accept",
        (n) => systemError(ERRNOS[n % ERRNOS.length]!),
      );
      assert.equal(await kept.ask(), "well", "it was waited for already");
      await until(() => tried.count >= ERRNOS.length);
    }
    assert.equal(await kept.ask(), "well");
    const said = kept.faults.slice(0, ERRNOS.length).map((fault) => faultWords(fault));
    assert.deepEqual(
      said,
      ERRNOS.map((code) =>
        `the control socket takes nobody: ${WORDS[code].replace(/ \(os error.*/, "")}`
      ),
    );
    assert.deepEqual(kept.log.lines, []);
  }));

Deno.test("control socket whose answer can't be written hangs up, and answers the next", () =>
  withPath(async (path) => {
    const { connection } = await prototypes(`${path}.other`);
    const kept = new Kept(path);
    await using _control = await kept.open();
    for (const code of ERRNOS) {
      const held = Promise.withResolvers<unknown>();
      kept.answer = held.promise;
      const before = kept.asked;
      const asking = kept.ask().then(String, ({ message }) => message);
      await until(() => kept.asked === before + 1);
      using tried = failing(connection, "write", () => systemError(code));
      held.resolve("well");
      assert.match(await asking, /answer|closed|ended/);
      assert.equal(tried.count, 1);
    }
    kept.answer = Promise.resolve("well again");
    assert.equal(await kept.ask(), "well again");
  }));
