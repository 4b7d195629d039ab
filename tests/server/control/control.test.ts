import assert from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { requestControl } from "../../../lib/server/control/client.ts";
import type { ControlRequest } from "../../../lib/server/control/message.ts";
import { ControlServer } from "../../../lib/server/control/server.ts";
import { withPath, withServer } from "./control_server.ts";

Deno.test("control socket carries each request to the daemon and its answer back", () =>
  withServer(async (path, asked) => {
    const requests: ControlRequest[] = [
      { command: "status" },
      { command: "reload" },
      { command: "confirm" },
      { command: "close", all: true },
      { command: "close", door: "ssh" },
      { command: "close", door: "ssh", address: "10.0.0.1" },
    ];
    for (const request of requests) {
      const answer = await requestControl(path, request);
      assert.deepEqual(answer, { asked: request.command });
    }
    assert.deepEqual(asked, requests);
  }));

Deno.test("control socket carries an answer of megabytes", () => {
  const leases = Array.from({ length: 20_000 }, (_, id) => ({ id, address: "10.0.0.1" }));
  return withServer(async (path) => {
    assert.deepEqual(await requestControl(path, { command: "status" }), { leases });
  }, { handle: () => Promise.resolve({ leases }) });
});

Deno.test("control request fails with the daemon's words and hint", () =>
  withServer(async (path) => {
    await assert.rejects(requestControl(path, { command: "reload" }), {
      name: "Failure",
      message: "bad config",
      hint: "mend it",
    });
  }, { handle: () => Promise.reject(new Failure("bad config", "mend it")) }));

Deno.test("control request says to restart a daemon whose program was taken away", () =>
  withServer(async (path) => {
    await assert.rejects(requestControl(path, { command: "reload" }), {
      name: "Failure",
      hint:
        "its program was replaced since it started, as by an upgrade: restart the daemon",
    });
  }, { handle: () => import(`file:///nowhere/${"position"}.js`) }));

Deno.test("control request says that no daemon is running", () =>
  withPath(async (path) => {
    const refusal = { name: "Failure", message: `${path}: no daemon is running here` };
    await assert.rejects(requestControl(path, { command: "status" }), refusal);
    leaveStaleSocket(path);
    await assert.rejects(requestControl(path, { command: "status" }), refusal);
  }));

Deno.test("control request gives up on a daemon that never answers", () =>
  withPath(async (path) => {
    using _listener = Deno.listen({ transport: "unix", path });
    await assert.rejects(requestControl(path, { command: "status" }, 50), {
      message: `${path}: the daemon did not answer`,
    });
  }));

Deno.test("control request does not believe what is no answer of a knockd's", () =>
  withPath(async (path) => {
    using listener = Deno.listen({ transport: "unix", path });
    const served = (async () => {
      const connection = await listener.accept();
      await connection.write(new TextEncoder().encode("220 smtp ready\n"));
      connection.close();
    })();
    await assert.rejects(
      requestControl(path, { command: "status" }),
      /no answer of a knock/,
    );
    await served;
  }));

Deno.test("control socket is its owner's alone unless a group is named", async () => {
  await withServer((path) => {
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    return Promise.resolve();
  });
  const own = `${Deno.gid()}`;
  await withServer((path) => {
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o660);
    return Promise.resolve();
  }, { group: own });
});

Deno.test("control socket refuses a group that does not exist", () =>
  withPath(async (path) => {
    const handle = () => Promise.resolve();
    const opening = ControlServer.open({ path, handle, group: "no such group" });
    await assert.rejects(opening, /group no such group: not in \/etc\/group/);
    assert.throws(() => Deno.lstatSync(path), Deno.errors.NotFound);
  }));

Deno.test({
  name: "control socket takes any number of a group, and no other",
  ignore: Deno.uid() !== 0,
  async fn() {
    for (const gid of [2_000_200_000, 2 ** 32 - 2]) {
      await withServer((path) => {
        assert.equal(Deno.statSync(path).gid, gid);
        return Promise.resolve();
      }, { group: `${gid}` });
    }
    await assert.rejects(
      withServer(() => Promise.resolve(), { group: `${2 ** 32 - 1}` }),
      /group 4294967295: not in/,
    );
  },
});

/** What a killed daemon leaves: a socket that nobody listens at. */
function leaveStaleSocket(path: string): void {
  const listener = Deno.listen({ transport: "unix", path: `${path}.old` });
  Deno.linkSync(`${path}.old`, path);
  listener.close();
}

Deno.test("control socket takes the place of a dead daemon's, and goes when closed", () =>
  withPath(async (path) => {
    leaveStaleSocket(path);
    const handle = () => Promise.resolve("alive");
    {
      await using _server = await ControlServer.open({ path, handle });
      assert.equal(await requestControl(path, { command: "status" }), "alive");
    }
    assert.throws(() => Deno.lstatSync(path), Deno.errors.NotFound);
  }));

Deno.test("control socket can be opened again as soon as it is closed", () =>
  withPath(async (path) => {
    for (let n = 0; n < 5; n++) {
      const handle = () => Promise.resolve(n);
      await using _server = await ControlServer.open({ path, handle });
      assert.equal(await requestControl(path, { command: "status" }), n);
    }
  }));

Deno.test("control socket leaves a live daemon's and any other file alone", () =>
  withServer(async (path) => {
    const handle = () => Promise.resolve();
    await assert.rejects(ControlServer.open({ path, handle }), /another daemon answers/);
    await requestControl(path, { command: "status" });
    const file = `${path}.txt`;
    Deno.writeTextFileSync(file, "mine");
    await assert.rejects(ControlServer.open({ path: file, handle }), /no socket/);
    assert.equal(Deno.readTextFileSync(file), "mine");
  }));
