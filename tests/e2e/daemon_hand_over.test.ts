/** One daemon hands its open doors over to the next, as an upgrade needs it. */
import assert from "node:assert/strict";
import { firewallDoor, knock, openings, Scratch, serve } from "../lab/daemon.ts";
import { Network, waitFor } from "../lab/net.ts";

Deno.test("a daemon told to hand over leaves its doors open, and the next one closes them", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const config = await scratch.config(firewallDoor("ssh", "7000,8000,9000", 600));
  const rules = (number: number) =>
    waitFor(async () => (await openings(server)).length === number, 30_000);

  const first = await serve(server, config);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await rules(1);
  first.kill("SIGUSR2");
  assert.equal(await first.exited, 0);
  await rules(1);

  const second = await serve(server, config);
  await rules(1);
  assert.equal(await second.stop("SIGTERM"), 0);
  await rules(0);
});
