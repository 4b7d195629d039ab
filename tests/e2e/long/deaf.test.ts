/** Interfaces that come and go: the daemon is never deaf while it says that it listens. */
import assert from "node:assert/strict";
import { HeardHost } from "../../lab/heard_host.ts";
import { sleep } from "../../lab/net.ts";

const K0 = "10.79.0.1";
const K1 = "10.80.0.1";

Deno.test("an interface is heard from when it is there, and its comings and goings are said once", async () => {
  await using host = await HeardHost.create(["k0"]);
  const says = async (...expected: string[]) => {
    for (const line of expected) assert.equal(await host.news(), line);
  };
  const hears = async () => {
    await host.opensSoon(K0);
    await says("k0 listening");
    assert.deepEqual(await host.hearing(), ["k0 hears"]);
  };
  const deaf = async (reason: RegExp) => {
    await says("k0 deaf");
    const [row] = await host.status();
    assert.deepEqual([row?.interface, row?.hears], ["k0", false]);
    assert.match(row!.reason, reason);
  };
  await deaf(/no such/);
  await host.plug("k0", "10.79.0");
  await hears();
  await host.ip("link set k0 down");
  await deaf(/down/);
  await host.ip("link set k0 up");
  await hears();
  await host.ip("link delete k0");
  await deaf(/gone|no such|disappeared|down/);
  await host.plug("k0", "10.79.0");
  await hears();
  await host.ip("link set k0 down");
  await deaf(/down/);
  await host.ip("link set k0 name k9");
  await host.ip("link set k9 up");
  await host.knock(K0);
  await sleep(700);
  const [row] = await host.status();
  assert.equal(row?.hears, false, "another name is another interface");
  await host.ip("link set k9 down");
  await host.ip("link set k9 name k0");
  await host.ip("link set k0 up");
  await hears();
  assert.deepEqual(host.unread(), []);
});

Deno.test("a name that goes over to another interface is heard there", async () => {
  await using host = await HeardHost.create(["k0"], async ({ server, client }) => {
    for (const name of ["k0", "k1"]) {
      const peer = ["peer", "name", name, "netns", client.namespace];
      await server.run(["ip", "link", "add", name, "type", "veth", ...peer]);
      await client.run(["ip", "link", "set", name, "up"]);
    }
    await client.run(["ip", "address", "add", "10.80.0.2/24", "dev", "k1"]);
    await server.run(["ip", "link", "set", "k0", "up"]);
  });
  assert.equal(await host.news(), "k0 listening");
  await host.ip("link set k0 down");
  await host.ip("link set k0 name old");
  await host.ip("link set k1 name k0");
  await host.ip(`address add ${K1}/24 dev k0`);
  await host.ip("link set k0 up");
  await host.opensSoon(K1);
});

Deno.test("each of several interfaces is heard, whatever becomes of the others", async () => {
  await using host = await HeardHost.create(["eth0", "k0", "k1"]);
  const first = [await host.news(), await host.news(), await host.news()];
  assert.deepEqual(first, ["eth0 listening", "k0 deaf", "k1 deaf"]);
  await host.plug("k1", "10.80.0");
  await host.opensSoon(K1);
  assert.deepEqual(await host.hearing(), ["eth0 hears", "k0 deaf", "k1 hears"]);
  await host.plug("k0", "10.79.0");
  await host.opensSoon(K0);
  await host.ip("link delete k1");
  await host.opensSoon(host.server.ipv4);
  const rest = [await host.news(), await host.news(), await host.news()];
  assert.deepEqual(rest, ["k1 listening", "k0 listening", "k1 deaf"]);
  await host.ip("link set eth0 down");
  assert.equal(await host.news(), "eth0 deaf");
  await host.opensSoon(K0);
  assert.deepEqual(await host.hearing(), ["eth0 deaf", "k0 hears", "k1 deaf"]);
});

Deno.test("any hears interfaces that were not there when it began", async () => {
  await using host = await HeardHost.create(["any"]);
  assert.equal(await host.news(), "any listening");
  await host.opensSoon(host.server.ipv4);
  await host.opensSoon(host.server.ipv6);
  await host.opensSoon("127.0.0.1", host.server);
  await host.plug("k0", "10.79.0");
  await host.opensSoon(K0);
  await host.ip("link delete k0");
  await host.ip("link set eth0 down");
  await host.ip("link set eth0 up");
  await host.opensSoon(host.server.ipv4);
  assert.deepEqual(await host.hearing(), ["any hears"]);
  assert.deepEqual(host.unread(), []);
});
