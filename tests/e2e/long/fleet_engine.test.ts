/** etcd as it is, behind the client that a node has for it. */
import assert from "node:assert/strict";
import { FleetHosts } from "../../lab/fleet_hosts.ts";
import { knock, Scratch } from "../../lab/daemon.ts";
import { Etcd } from "../../lab/etcd.ts";
import { KNOCKD, Network, waitFor } from "../../lab/net.ts";
import { alice } from "../../lab/one_time.ts";

Deno.test("the doctor says what etcd does not: names in certificates, and rights", async () => {
  await using fleet = await FleetHosts.start();
  const a = fleet.node("a");
  const well = await a.knockd("doctor");
  assert.match(well, /^ok {4}fleet +etcd: its 3 members answer$/m);
  assert.match(well, /^ok {4}fleet +its rights end where the fleet's keys do$/m);

  await fleet.etcd.ctl("role", "grant-permission", "knockd", "read", "--prefix=true", "");
  assert.match(
    await a.knockd("doctor"),
    /the user knockd may read more than knockd\/v1\/test\//,
  );

  // Whoever may only read opens nothing; nothing is written to find that out.
  const prefix = "knockd/v1/test/";
  await fleet.etcd.ctl("role", "revoke-permission", "knockd", "--prefix=true", prefix);
  assert.match(
    await a.knockd("doctor"),
    /FAIL {2}fleet +the user knockd may not write knockd\/v1\/test\/node\/, .*spent\/, /,
  );
  assert.equal((await fleet.etcd.ctl("get", "--prefix", `${prefix}spent/`)).trim(), "");

  // A certificate with a Common Name, as most tools make them.
  await fleet.etcd.certificate("node", "/CN=web1", "subjectAltName=DNS:node");
  const named = await a.knockd("doctor");
  assert.match(
    named,
    /FAIL {2}fleet +etcd has users, and this node's certificate has a Common Name/,
  );
  assert.match(named, /make the certificate with an empty subject/);
});

Deno.test("members restart, history is compacted, entries are taken away: nothing opens twice", async () => {
  await using fleet = await FleetHosts.start();
  const { client, etcd } = fleet;
  const [a, b, c] = [fleet.node("a"), fleet.node("b"), fleet.node("c")];
  const first = await fleet.letIn(a, 0);
  await b.daemon.waitForLine(/ssh: knocked at a/);

  // A member that restarts forgets whom it knew; the node logs in again.
  for (const host of [a.host, b.host, c.host]) {
    etcd.member(host).kill("SIGKILL");
    await etcd.member(host).exited;
    await etcd.startMember(host);
  }
  const second = await fleet.letIn(b, first + 1);

  // All have heard of it, and so of what it used.
  for (const node of [a, c]) await node.daemon.waitForLine(/ssh: knocked at b/, 60_000);

  // Compaction is no more than a watch that ends.
  const { header: { revision } } = JSON.parse(await etcd.ctl("get", "x", "-w", "json"));
  await etcd.ctl("compact", `${revision}`);

  // What is taken away comes back from the journals, and stays spent.
  await etcd.ctl("del", "--prefix", "knockd/v1/test/spent/");
  const isTold = () =>
    fleet.nodes.some(({ daemon }) =>
      daemon.lines.some((line) => line.startsWith("ALARM: etcd had forgotten"))
    );
  await waitFor(
    isTold,
    60_000,
    () => fleet.nodes.map(({ daemon }) => daemon.stdout).join("\n"),
  );
  await knock(client, c.host.ipv4, ...a.door.ports(alice, second));
  await c.daemon.waitForLine(/ssh: refused \(alice\)/, 30_000);
  assert.ok(
    !c.daemon.lines.some((line) => /alice knocked with/.test(line)),
  );

  // So does what somebody else's value was put over.
  const all = ["get", "--prefix", "knockd/v1/test/spent/"];
  const [key] = (await etcd.ctl(...all, "--keys-only")).trim().split("\n");
  const counterThere = async () => {
    const [counter] = (await etcd.ctl(...all, "--print-value-only")).split(" ");
    return counter;
  };
  const before = await counterThere();
  await etcd.ctl("put", key!, "0");
  await waitFor(async () => await counterThere() === before, 30_000);
});

Deno.test("whom fleet.ca does not name is not etcd; without it the system's authorities are asked", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const host = await net.host("a");
  const etcd = await Etcd.start(scratch, [host]);
  const table = await etcd.table("a", "A".repeat(52));
  // The authority that signed the member's certificate is one that the system trusts.
  const env = { SSL_CERT_FILE: scratch.path("ca.crt"), DENO_TLS_CA_STORE: "system" };
  const statusWith = async (ca: string) => {
    const config = await scratch.config(table.replace(/^ca = .*$/m, ca));
    const argv = [...KNOCKD, "fleet", "status", "-c", config];
    const { stdout, stderr } = await host.run(argv, { env, check: false });
    return stdout + stderr;
  };
  assert.match(await statusWith(""), /etcd 3.*leader/);
  assert.match(
    await statusWith(`ca = "${scratch.path("node.crt")}"`),
    /NOT REACHED: its certificate was signed by somebody else than fleet\.ca/,
  );
});
