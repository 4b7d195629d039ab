/** A one-time knock at a daemon that is killed while it comes. */
import assert from "node:assert/strict";
import { knock, Scratch, serve } from "../../lab/daemon.ts";
import { Network, sleep } from "../../lab/net.ts";
import { alice, Bell, RotatingDoor } from "../../lab/one_time.ts";

Deno.test("a daemon killed amid a knock never lets its sequence open twice", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = new RotatingDoor(scratch, "ssh", [alice], { mode: "hotp" });
  const bell = new Bell(scratch);
  const config = await scratch.config(door.text + bell.text);
  // From before the packets are read to after the command has run.
  for (const [counter, delay] of [0, 1, 2, 4, 8, 16].entries()) {
    const before = (await scratch.lines("opened")).length;
    const ports = door.ports(alice, counter);
    const daemon = await serve(server, config);
    await knock(client, server.ipv4, ...ports);
    await sleep(delay);
    await daemon.stop("SIGKILL");
    await using _again = await serve(server, config);
    await knock(client, server.ipv4, ...ports);
    await knock(client, server.ipv4, ...ports);
    const opened = (await bell.ring(client, server.ipv4)).length;
    assert.ok(opened <= before + 1, `counter ${counter} opened twice`);
  }
  assert.ok((await scratch.lines("opened")).some((line) => line.startsWith("ssh ")));
});
