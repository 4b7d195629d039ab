/** Which ports a door with `open` opens, of whom, and for how many. */
import assert from "node:assert/strict";
import { knock, Scratch, serve } from "../../lab/daemon.ts";
import { firewall, guardedHosts, knockUntilOpen } from "../../lab/kernel_host.ts";
import { type Host, Network, waitFor } from "../../lab/net.ts";

const PATIENCE_MS = 20_000;

/** How many datagrams to port 5353 have come past the guard. */
async function datagrams(server: Host): Promise<number> {
  const { stdout } = await server.run([
    "nft",
    "list",
    "counter",
    "inet",
    "seen",
    "datagrams",
  ]);
  return Number(/packets (\d+)/.exec(stdout)?.[1]);
}

function sendDatagram(from: Host, to: string) {
  return from.run(["bash", "-c", 'echo x >"/dev/udp/$0/5353"', to]);
}

Deno.test("a door opens its ports, ranges and protocols, over the family that knocked, and no other door's", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  for (const port of [8005, 8080]) await server.listen(port);
  await server.run(["nft", "-f", "-"], {
    stdin: `add table inet seen
      add counter inet seen datagrams
      add chain inet seen in { type filter hook input priority 0; }
      add rule inet seen in udp dport 5353 counter name datagrams
`,
  });
  const daemon = await serve(
    server,
    await scratch.config(`
[doors.many]
open = ["8000-8010", "5353:udp", 22]
sequence = "7000,8001,9000"
cmd_timeout = 600
[doors.also]
open = "22, 8080"
sequence = "7100,8100,9100"
cmd_timeout = 600
allow = "fd77::/64"
`),
  );
  for (const port of [22, 8005, 8080]) {
    assert.equal(await alice.canConnect(server.ipv4, port), false, `${port}`);
  }
  // Who is allowed by one door of a port needs no knock at the other.
  assert.equal(await alice.canConnect(server.ipv6, 22, 5000), true);
  assert.equal(await alice.canConnect(server.ipv6, 8080, 5000), true);
  assert.equal(await alice.canConnect(server.ipv6, 8005), false);
  await sendDatagram(alice, server.ipv4);
  await sendDatagram(alice, server.ipv6);

  await knockUntilOpen(alice, server.ipv4, 8005, [7000, 8001, 9000]);
  assert.equal(await datagrams(server), 0);
  assert.equal(await alice.canConnect(server.ipv4, 22, 5000), true);
  assert.equal(await alice.canConnect(server.ipv4, 8080), false);
  assert.equal(await alice.canConnect(server.ipv6, 8005), false);
  await waitFor(
    async () => {
      await sendDatagram(alice, server.ipv4);
      return await datagrams(server) > 0;
    },
    PATIENCE_MS,
    "a datagram to get in",
  );
  await knockUntilOpen(mallory, server.ipv4, 8080, [7100, 8100, 9100]);
  assert.equal(await mallory.canConnect(server.ipv4, 22, 5000), true);
  assert.equal(await mallory.canConnect(server.ipv4, 8005), false);
  assert.equal(await daemon.stop(), 0);
});

Deno.test("a door for one address at a time refuses the next, and keeps who was kept at the end", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  const config = await scratch.config(`
[doors.ssh]
open = 22
sequence = "7000,8000,9000"
cmd_timeout = 600
max_open = 1
on_exit = "keep"
`);
  const daemon = await serve(server, config);
  await knockUntilOpen(alice, server.ipv4);
  await waitFor(
    async () => {
      await knock(mallory, server.ipv4, 7000, 8000, 9000);
      return /1 knock|max_open|refused/.test(daemon.stderr);
    },
    PATIENCE_MS,
    "the second knock to be refused",
  );
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
  assert.equal(await daemon.stop(), 0);
  assert.equal(await alice.canConnect(server.ipv4, 22, 5000), true);
  assert.match((await firewall(server, "status", config)).said, /open: ssh for 10\.77/);
  const next = await serve(server, config);
  await knock(mallory, server.ipv4, 7000, 8000, 9000);
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
  assert.equal(await alice.canConnect(server.ipv4, 22, 5000), true);
  assert.equal(await next.stop(), 0);
});

Deno.test("a door for another address opens it as it is, and as a port of ours that leads to it", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  const inner = await net.host("inner");
  await inner.listen(80);
  const target = "10.99.0.2";
  await inner.run(["ip", "address", "add", `${target}/32`, "dev", "eth0"]);
  await server.run(["ip", "route", "add", target, "via", inner.ipv4]);
  await server.run(["sh", "-c", "cd /proc/sys/net/ipv4; echo 1 >ip_forward"]);
  for (const host of [alice, mallory]) {
    await host.run(["ip", "route", "add", target, "via", server.ipv4]);
    await inner.run(["ip", "route", "add", host.ipv4, "via", server.ipv4]);
  }
  await server.run(["nft", "-f", "-"], {
    stdin: `add table ip nat
      add chain ip nat pre { type nat hook prerouting priority -100; }
      add rule ip nat pre ip daddr ${server.ipv4} tcp dport 8080 dnat to ${target}:80
`,
  });
  assert.equal(await mallory.canConnect(target, 80, 5000), true);
  assert.equal(await mallory.canConnect(server.ipv4, 8080, 5000), true);
  const daemon = await serve(
    server,
    await scratch.config(`
[doors.web]
target = "${target}"
open = 80
sequence = "7000,8000,9000"
cmd_timeout = 600
`),
  );
  for (const [address, port] of [[target, 80], [server.ipv4, 8080]] as const) {
    assert.equal(await alice.canConnect(address, port), false, `${address}:${port}`);
  }
  await waitFor(
    async () => {
      await knock(alice, target, 7000, 8000, 9000);
      return await alice.canConnect(target, 80, 1000);
    },
    PATIENCE_MS,
    "the other address to open",
  );
  assert.equal(await alice.canConnect(server.ipv4, 8080, 5000), true);
  for (const [address, port] of [[target, 80], [server.ipv4, 8080]] as const) {
    assert.equal(await mallory.canConnect(address, port), false, `${address}:${port}`);
  }
  assert.equal(await daemon.stop(), 0);
});
