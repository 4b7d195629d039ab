/** `knockd firewall trace`: what still drops who has knocked. */
import assert from "node:assert/strict";
import { Scratch, serve } from "../lab/daemon.ts";
import { firewall, guardedHosts, knockUntilOpen, sshConfig } from "../lab/kernel_host.ts";
import { type Host, KNOCKD, Network, waitFor } from "../lab/net.ts";

const OTHERS = `add table ip others
add chain ip others input { type filter hook input priority 0; policy accept; }
add chain ip others late
add rule ip others input jump late
add rule ip others late ip saddr 10.77.0.0/16 tcp dport 22 counter drop
`;

/** Traces while somebody tries to get in. */
async function trace(server: Host, config: string, comer: Host) {
  const tracing = server.spawn([...KNOCKD, "firewall", "trace", "-c", config]);
  await tracing.waitForLine(/^connect to port 22 now/, 20_000);
  while (tracing.running) await comer.canConnect(server.ipv4, 22, 300);
  return { code: await tracing.wait(), said: tracing.stdout };
}

Deno.test("a trace names the rule of another table, then says that none is left", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await guardedHosts(net);
  const config = await sshConfig(scratch, 600);
  await serve(server, config);
  await knockUntilOpen(alice, server.ipv4);
  await server.run(["nft", "-f", "-"], { stdin: OTHERS });

  const dropped = await trace(server, config, alice);
  assert.equal(dropped.code, 1);
  assert.match(
    dropped.said,
    /^10\.77\.\S+ to port 22\/tcp: knockd lets it in; ip others late drops it by the rule: ip saddr 10\.77\.0\.0\/16 tcp dport 22 counter .*drop$/m,
  );
  await server.run(["nft", "delete", "table", "ip", "others"]);
  const passed = await trace(server, config, alice);
  assert.equal(passed.code, 0);
  assert.match(passed.said, /^10\.77\.\S+ to port 22\/tcp: no table drops it$/m);
  const legacy = ["iptables-legacy", "-A", "INPUT", "-j", "DROP"];
  // Where the kernel has it still.
  if ((await server.run(legacy, { check: false })).code === 0) {
    const old = await trace(server, config, alice);
    assert.match(old.said, /: no table that nft shows drops it; iptables-legacy may: /);
  }
  const { stdout } = await server.run(["nft", "list", "tables"]);
  assert.ok(!stdout.includes("trace"), "nothing of it is left");
});

Deno.test("whoever is dropped ahead of knockd is named, and the trace goes on", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  const config = await sshConfig(scratch, 600);
  await serve(server, config);
  const banned = `add table ip ban
add chain ip ban first { type filter hook prerouting priority -300; }
add rule ip ban first ip saddr ${mallory.ipv4} tcp dport 22 drop
`;
  await server.run(["nft", "-f", "-"], { stdin: banned });
  const tracing = server.spawn([...KNOCKD, "firewall", "trace", "-c", config]);
  await tracing.waitForLine(/^connect to port 22 now/, 20_000);
  const ahead =
    /^10\.77\.\S+ to port 22\/tcp: ip ban first drops it ahead of knockd by the/;
  await Promise.all([
    tracing.waitForLine(ahead, 20_000),
    mallory.canConnect(server.ipv4, 22, 5000),
  ]);
  await knockUntilOpen(alice, server.ipv4);
  while (tracing.running) await alice.canConnect(server.ipv4, 22, 300);
  assert.equal(await tracing.wait(), 0, tracing.stdout);
});

Deno.test("nothing of a trace is left that was ended or killed", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const config = await sshConfig(scratch, 600);
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    const tracing = server.spawn([...KNOCKD, "firewall", "trace", "-c", config]);
    await tracing.waitForLine(/^connect to port 22 now/, 20_000);
    await tracing.stop(signal);
    const pids = async () =>
      (await server.run(["ip", "netns", "pids", server.namespace])).stdout.trim().split(
        "\n",
      );
    const left = async () => {
      const names = (await pids()).map((pid) =>
        Deno.readTextFile(`/proc/${pid}/comm`).catch(() => "")
      );
      return (await Promise.all(names)).includes("nft\n");
    };
    await waitFor(async () => !await left(), 10_000, `nft to end after ${signal}`);
    assert.equal((await server.run(["nft", "list", "tables"])).stdout, "");
  }
});

Deno.test("a trace where nothing is guarded says so", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const config = await scratch.config(
    '[doors.a]\nsequence = "7,8,9"\ncommand = "true"\n',
  );
  const { code, said } = await firewall(server, "trace", config);
  assert.equal(code, 2);
  assert.match(said, /has open, so there is nothing to trace/);
});

Deno.test("a trace where nft does not run says why", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server } = await guardedHosts(net);
  const config = await sshConfig(scratch, 600);
  const lame = await scratch.write(
    "nft",
    "#!/bin/sh\necho nft: no such library >&2\nexit 127\n",
  );
  await Deno.chmod(lame, 0o755);
  const script = 'mount --bind "$0" "$(readlink -f "$(command -v nft)")" && exec "$@"';
  const argv = [...KNOCKD, "firewall", "trace", "-c", config];
  const { code, stderr } = await server.run(
    ["unshare", "--mount", "sh", "-c", script, lame, ...argv],
    { check: false, timeout: 20_000 },
  );
  assert.equal(code, 1);
  assert.match(stderr, /nft can't list the kernel's tables: nft: no such library\n/);
});
