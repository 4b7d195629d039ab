/** Addresses that come and go: a knock counts on those that the host has at the moment. */
import assert from "node:assert/strict";
import { giveAddress } from "../../lab/dhcp.ts";
import { HeardHost } from "../../lab/heard_host.ts";
import { sleep, waitFor } from "../../lab/net.ts";

Deno.test("an address counts from when the host has it, until it loses it", async () => {
  await using host = await HeardHost.create(["eth0"]);
  const { server, client } = host;
  const far = "192.0.2.7";
  await client.run(["ip", "route", "add", `${far}/32`, "via", server.ipv4]);
  await host.opensSoon(server.ipv4);
  // As a router would hear it: a packet for somebody else is no knock.
  const before = (await host.opened()).length;
  await host.knock(far);
  await host.ip(`address add ${far}/32 dev eth0`);
  const here = await host.opensSoon(far);
  assert.ok((await host.opened()).length <= before + here);
  await host.ip(`address delete ${far}/32 dev eth0`);
  await sleep(1000);
  const lost = (await host.opened()).length;
  await host.knock(far);
  const still = await host.opensSoon(server.ipv4);
  assert.ok((await host.opened()).length <= lost + still);
});

Deno.test("an address that DHCP changes is followed, and status shows it", async () => {
  await using host = await HeardHost.create(["eth0"]);
  await host.opensSoon(host.server.ipv4);
  for (const now of ["10.77.0.101", "10.77.0.102", "10.77.0.103"]) {
    await giveAddress(host.client, host.server, now);
    await host.opensSoon(now);
    const [row] = await host.status();
    assert.ok(row?.addresses.includes(now), `${row?.addresses}`);
    assert.ok(!row?.addresses.includes(host.server.ipv4));
  }
  assert.equal(await host.news(), "eth0 listening");
  assert.deepEqual(host.unread(), [], "an interface without an address still hears");
});

Deno.test("temporary addresses of IPv6 are heard as the kernel makes them", async () => {
  await using host = await HeardHost.create(["eth0"]);
  await host.opensSoon(host.server.ipv6);
  const seen = new Set<string>();
  for (const prefix of ["fd77:1:1:1", "fd77:1:1:2"]) {
    await host.client.run(["ip", "route", "add", `${prefix}::/64`, "dev", "eth0"]);
    const setting = "/proc/sys/net/ipv6/conf/eth0/use_tempaddr";
    await host.server.run(["sh", "-c", `echo 2 > ${setting}`]);
    await host.ip(`address add ${prefix}::1/64 dev eth0 mngtmpaddr nodad`);
    const temporary = await temporaryAddress(host, prefix);
    assert.ok(!seen.has(temporary));
    seen.add(temporary);
    await host.opensSoon(temporary);
  }
});

/** The temporary address that the kernel makes in a network, once it may be used. */
async function temporaryAddress(host: HeardHost, prefix: string): Promise<string> {
  let found: string | undefined;
  await waitFor(
    async () => {
      const listed = JSON.parse(await host.ip("-j -6 address show dev eth0 temporary"));
      const addresses: { local?: string; tentative?: boolean }[] = listed
        .flatMap(({ addr_info = [] }) => addr_info);
      found = addresses.find(({ local, tentative }) =>
        local?.startsWith(prefix) && !tentative
      )?.local;
      return found !== undefined;
    },
    20_000,
    "a temporary address",
  );
  return found!;
}
