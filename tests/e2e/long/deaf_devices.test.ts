/** Devices that are no Ethernet cards: bridges, VLANs, tunnels. */
import assert from "node:assert/strict";
import { ethernet } from "../../core/frames.ts";
import { udp } from "../../core/packets.ts";
import { send } from "../../lab/frames_sent.ts";
import { HeardHost } from "../../lab/heard_host.ts";
import { withKernel } from "../../lab/kernel_feature.ts";
import { waitFor } from "../../lab/net.ts";

const TUN_PROGRAM = new URL("../../lab/tun_program.ts", import.meta.url).pathname;

Deno.test("a bridge is heard when it is made, and when another port joins it", async () => {
  await using host = await HeardHost.create(["br0"]);
  assert.equal(await host.news(), "br0 deaf");
  await host.plug("k0", "10.79.0");
  await host.ip("address flush dev k0");
  await host.ip("link add br0 type bridge");
  await host.ip("link set k0 master br0");
  await host.ip("address add 10.79.0.1/24 dev br0");
  await host.ip("link set br0 up");
  await host.opensSoon("10.79.0.1");
  await host.ip("link set k0 nomaster");
  await host.ip("link set k0 master br0");
  await host.opensSoon("10.79.0.1");
  assert.deepEqual(await host.hearing(), ["br0 hears"]);
});

Deno.test("a VLAN is heard on the interface that carries it", async () => {
  await using host = await HeardHost.create(["k0"]);
  await host.plug("k0", "10.79.0");
  assert.deepEqual([await host.news(), await host.news()], ["k0 deaf", "k0 listening"]);
  const frames = [7000, 7001, 7002].map((dport) =>
    ethernet(udp({ src: "10.79.0.9", dst: "10.79.0.1", dport }), [0x88a8, 0x8100])
  );
  await send(host.client, frames, { device: "k0" });
  await waitFor(async () => (await host.opened()).length === 1, 20_000, "opened");
  assert.deepEqual(await host.opened(), ["10.79.0.9"]);
});

Deno.test("a VLAN device of its own is heard", (t) =>
  withKernel(t, "VLAN devices", async () => {
    await using host = await HeardHost.create(["k0.7"]);
    assert.equal(await host.news(), "k0.7 deaf");
    await host.plug("k0", "10.79.0");
    const tag = "link add link k0 name k0.7 type vlan id 7";
    await host.ip(tag);
    await host.client.run(["ip", ...tag.split(" ")]);
    await host.client.run(["ip", "address", "add", "10.81.0.2/24", "dev", "k0.7"]);
    await host.client.run(["ip", "link", "set", "k0.7", "up"]);
    await host.ip("address add 10.81.0.1/24 dev k0.7");
    await host.ip("link set k0.7 up");
    await host.opensSoon("10.81.0.1");
    assert.deepEqual(await host.hearing(), ["k0.7 hears"]);
  }));

Deno.test("a VRF is heard by its own name", (t) =>
  withKernel(t, "VRF devices", async () => {
    await using host = await HeardHost.create(["vrf0"]);
    assert.equal(await host.news(), "vrf0 deaf");
    await host.plug("k0", "10.79.0");
    await host.ip("link add vrf0 type vrf table 10");
    await host.ip("link set k0 master vrf0");
    await host.ip("link set vrf0 up");
    await host.opensSoon("10.79.0.1");
    assert.deepEqual(await host.hearing(), ["vrf0 hears"]);
  }));

Deno.test("a TUN device is heard whenever a VPN makes it", async () => {
  await using host = await HeardHost.create(["tun0"]);
  assert.equal(await host.news(), "tun0 deaf");
  for (let times = 1; times <= 2; times++) {
    const argv = [Deno.execPath(), "run", "--allow-all", TUN_PROGRAM, "tun0"];
    const vpn = host.server.spawn([...argv, "7000", "7001", "7002"]);
    await vpn.waitForLine(/^ready$/);
    await host.ip("address add 10.78.0.1/24 dev tun0");
    const before = (await host.opened()).length;
    await host.ip("link set tun0 up");
    await waitFor(async () => (await host.opened()).length > before, 20_000, "opened");
    assert.equal(await host.news(), "tun0 listening");
    assert.deepEqual(await host.hearing(), ["tun0 hears"]);
    await vpn.stop();
    assert.equal(await host.news(), "tun0 deaf");
  }
});
