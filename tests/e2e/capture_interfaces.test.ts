import assert from "node:assert/strict";
import { DENO, hosts, knock, SOON } from "../lab/capture_host.ts";
import { sleep, waitFor } from "../lab/net.ts";

const TUN_PROGRAM = new URL("../lab/tun_program.ts", import.meta.url).pathname;

Deno.test("capture waits for an interface and follows it wherever it goes", async () => {
  await using at = await hosts(["k0"]);
  const { client, driver, ip } = at;
  const add = async () => {
    await ip(`link add k0 type veth peer name k0 netns ${client.namespace}`);
    await client.run(["ip", "link", "set", "k0", "up"]);
    await client.run(["ip", "address", "replace", "10.79.0.2/24", "dev", "k0"]);
    await ip("address add 10.79.0.1/24 dev k0");
  };
  const hears = async (port: number) => {
    assert.equal(await driver.news(), "k0 listening");
    // Address resolution may need a while after the link comes up.
    await waitFor(async () => {
      await knock(client, "10.79.0.1", port);
      return driver.process.lines.some((line) => line.includes(`"port":${port}`));
    }, SOON);
  };
  assert.equal(await driver.news(), "k0 deaf");
  await add();
  await ip("link set k0 up");
  await hears(7001);
  await ip("link set k0 down");
  assert.equal(await driver.news(), "k0 deaf");
  await ip("link set k0 up");
  await hears(7002);
  await ip("link delete k0");
  assert.equal(await driver.news(), "k0 deaf");
  await add();
  await ip("link set k0 up");
  await hears(7003);
  await ip("link set k0 down");
  assert.equal(await driver.news(), "k0 deaf");
  await ip("link set k0 name k1");
  await ip("link set k1 up");
  await sleep(700);
  const { interfaces } = await driver.ask("SIGHUP", "status");
  assert.equal(interfaces?.[0]?.hears, false);
  await ip("link set k1 down");
  await ip("link set k1 name k0");
  await ip("link set k0 up");
  await hears(7004);
});

Deno.test("capture leaves an interface renamed while it is up", async () => {
  await using at = await hosts();
  assert.equal(await at.driver.news(), "eth0 listening");
  const renamed = await at.server.run(["ip", "link", "set", "eth0", "name", "lan0"], {
    check: false,
  });
  if (renamed.code !== 0) {
    // Kernels before 6.2 rename an interface only while it is down.
    await at.ip("link set eth0 down");
    await at.ip("link set eth0 name lan0");
  }
  assert.equal(await at.driver.news(), "eth0 deaf");
});

Deno.test("capture hears again however often an interface flaps", async () => {
  await using at = await hosts();
  const { server, client, driver, ip } = at;
  for (let i = 0; i < 10; i++) {
    await ip("link set eth0 down");
    await ip("link set eth0 up");
    await sleep(i * 30);
  }
  await ip(`address replace ${server.ipv6}/64 dev eth0 nodad`);
  await sleep(1000);
  await knock(client, server.ipv4, 7009);
  assert.equal(await driver.port(), 7009);
  const { interfaces } = await driver.ask("SIGHUP", "status");
  assert.equal(interfaces?.[0]?.hears, true);
});

Deno.test("capture tells addresses that come and go", async () => {
  await using at = await hosts();
  await at.driver.next(["addresses"]);
  await at.ip("address add 10.77.0.99/24 dev eth0");
  assert.ok((await at.driver.next(["addresses"])).addresses?.includes("10.77.0.99"));
  await at.ip("address delete 10.77.0.99/24 dev eth0");
  assert.ok(!(await at.driver.next(["addresses"])).addresses?.includes("10.77.0.99"));
});

Deno.test("capture follows the default route", async () => {
  await using at = await hosts([], undefined, false);
  const { client, driver, ip } = at;
  const { interface: missing } = await driver.next(["deaf"]);
  assert.equal(missing, "default route");
  await ip("route add default dev eth0");
  assert.equal(await driver.news(), "eth0 listening");
  await ip(`link add k0 type veth peer name k0 netns ${client.namespace}`);
  await ip("link set k0 up");
  await ip("route replace default dev k0");
  assert.equal(await driver.news(), "eth0 left");
  assert.equal(await driver.news(), "k0 listening");
});

Deno.test("capture hears all ways of a default route that has several", async () => {
  await using at = await hosts([], undefined, false);
  const { client, driver, ip } = at;
  await driver.next(["deaf"]);
  await ip(`link add k0 type veth peer name k0 netns ${client.namespace}`);
  await ip("link set k0 up");
  await ip("route add default nexthop dev eth0 nexthop dev k0");
  assert.equal(await driver.news(), "eth0 listening");
  assert.equal(await driver.news(), "k0 listening");
  await ip("route replace default dev k0");
  assert.equal(await driver.news(), "eth0 left");
});

Deno.test("capture hears a TUN device, whose packets have no link header", async () => {
  await using at = await hosts(["tun0"]);
  assert.equal(await at.driver.news(), "tun0 deaf");
  const vpn = at.server.spawn([...DENO, TUN_PROGRAM, "tun0", "7005"]);
  await vpn.waitForLine(/^ready$/);
  await at.ip("link set tun0 up");
  assert.equal(await at.driver.news(), "tun0 listening");
  const { port, linkType } = await at.driver.next(["packet"]);
  assert.deepEqual([port, linkType], [7005, 12]);
  await vpn.stop();
  assert.equal(await at.driver.news(), "tun0 deaf");
});
