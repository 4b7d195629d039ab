/** `knockd doctor` and its own packets, on a real kernel. */
import assert from "node:assert/strict";
import type { Examined } from "../../lib/doctor/finding.ts";
import { type Host, KNOCKD, Network } from "../lab/net.ts";

const DOCTOR = [...KNOCKD, "doctor", "--json", "-i", "lo"];

/** What it says of packets on a host, started by these words. */
async function packets(host: Host, ...before: readonly string[]): Promise<Examined> {
  const { stdout } = await host.run([...before, ...DOCTOR], { check: false });
  return (JSON.parse(stdout) as Examined[]).find(({ about }) => about === "packets")!;
}

Deno.test("the doctor's packets arrive, in a network of its own, and nothing is left", async () => {
  await using net = await Network.create();
  const host = await net.host("server");
  const interfaces = async () =>
    (await host.run(["cat", "/proc/net/dev"])).stdout.match(/^.*:/gm);
  const before = await interfaces();
  const { state, says } = await packets(host);
  assert.match(
    says,
    /from a network namespace of its own: TCP over IPv4, .*UDP over IPv6/,
  );
  assert.equal(state, "well");
  assert.deepEqual(await interfaces(), before);
});

Deno.test("a doctor that can make no network of its own says so, and what to send", async () => {
  await using net = await Network.create();
  const host = await net.host("server");
  const { state, says, fix } = await packets(
    host,
    "setpriv",
    "--bounding-set=-sys_admin",
  );
  assert.match(says, /heard over lo, .*CAP_SYS_ADMIN/);
  assert.match(fix ?? "", /from another machine: knockd knock 10\.77\.\S+ 7000; here: /);
  assert.equal(state, "unknown");
  // Those of the system are looked in whatever PATH says.
  const hiding = 'mount -t tmpfs none /usr/sbin && PATH=/nowhere exec "$@"';
  const { says: without } = await packets(
    host,
    "unshare",
    "-m",
    "sh",
    "-c",
    hiding,
    "sh",
  );
  assert.match(without, /no program ip/);
});

Deno.test("a doctor that could not come back into its network stays in it", async () => {
  await using net = await Network.create();
  const host = await net.host("server");
  const { says } = await packets(host, "unshare", "--user", "--map-root-user");
  assert.match(says, /lo: .*not permitted/);
});
