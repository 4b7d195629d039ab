import assert from "node:assert/strict";
import { Network, run } from "../lab/net.ts";

Deno.test("a listener is reached by IPv4 and IPv6 until the firewall drops", async () => {
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.listen(22);
  assert.equal(await client.canConnect(server.ipv4, 22, 5000), true);
  assert.equal(await client.canConnect(server.ipv6, 22, 5000), true);
  assert.equal(await client.canConnect(server.ipv4, 23), false);

  await server.dropIncoming();
  assert.equal(await client.canConnect(server.ipv4, 22), false);
  assert.equal(await client.canConnect(server.ipv6, 22), false);

  const rule = ["-I", "INPUT", "-s", client.ipv4, "-p", "tcp", "--dport", "22"];
  await server.run(["iptables", ...rule, "-j", "ACCEPT"]);
  assert.equal(await client.canConnect(server.ipv4, 22, 5000), true);
  assert.equal(await client.canConnect(server.ipv6, 22), false);
});

Deno.test("a network leaves no namespace and no process behind", async () => {
  let namespace: string;
  let pid: number;
  {
    await using net = await Network.create();
    const host = await net.host("lonely");
    namespace = host.namespace;
    const orphan = await host.run(["sh", "-c", "sleep 100 >/dev/null 2>&1 & echo $!"]);
    pid = Number(orphan.stdout);
    await Deno.stat(`/run/netns/${namespace}`);
    await Deno.stat(`/proc/${pid}`);
  }
  await assert.rejects(Deno.stat(`/run/netns/${namespace}`), Deno.errors.NotFound);
  await assert.rejects(Deno.stat(`/proc/${pid}/exe`), Deno.errors.NotFound);
});

Deno.test("a network removes what a killed run left", async () => {
  const abandoned = "knockd-99999999-0123abcd-server";
  await run(["ip", "netns", "add", abandoned]);
  await using _net = await Network.create();
  await assert.rejects(Deno.stat(`/run/netns/${abandoned}`), Deno.errors.NotFound);
});

Deno.test("a program that hangs is killed and its output told", async () => {
  await using net = await Network.create();
  const host = await net.host("slow");
  const hangs = host.run(["sh", "-c", "echo here; exec sleep 100"], { timeout: 3000 });
  await assert.rejects(hangs, /not done within 3000 ms\nhere$/);
});
