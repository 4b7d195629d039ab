/** The kernel's doors in bad company: large rulesets, odd names, and others who flush. */
import assert from "node:assert/strict";
import { Scratch, serve } from "../../lab/daemon.ts";
import {
  firewall,
  guardedHosts,
  knockUntilOpen,
  ruleset,
} from "../../lab/kernel_host.ts";
import { type Host, Network, waitFor } from "../../lab/net.ts";

/** Others' rules, about addresses that nobody here has. */
function manyRules(count: number): string {
  const rules = Array.from(
    { length: count },
    (_, i) => `add rule inet large many ip saddr 172.16.${i >> 8 & 255}.${i & 255} drop`,
  );
  const chain = "add chain inet large many { type filter hook input priority 0; }";
  return ["add table inet large", chain, ...rules].join("\n");
}

Deno.test("doors of many ports and odd names open beside 50,000 rules of others", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  await server.listen(41_000);
  await server.run(["nft", "-f", "-"], { stdin: manyRules(50_000), timeout: 120_000 });
  const ports = Array.from({ length: 128 }, (_, i) => 40_952 + 2 * i);
  const config = await scratch.config(
    `[doors.drop]\nopen = ${JSON.stringify(ports)}\nsequence = "7000,8000,9000"\n` +
      `[doors."1ab"]\nopen = 22\nsequence = "7001,8001,9001"\n` +
      `[doors.accept]\nopen = 23\nsequence = "7002,8002,9002"\n`,
  );
  await serve(server, config);
  await knockUntilOpen(alice, server.ipv4, 41_000);
  await knockUntilOpen(alice, server.ipv6, 22, [7001, 8001, 9001]);
  for (const port of [41_000, 22]) {
    assert.equal(await mallory.canConnect(server.ipv4, port), false);
  }
  assert.equal(await alice.canConnect(server.ipv4, 22), false, "a door is its own");
  assert.match((await firewall(server, "status", config)).said, /open: 1ab for fd77::/);
});

const SOURCES = Array.from({ length: 100 }, (_, i) => `10.77.0.${100 + i}`);

/** Knocks from a hundred addresses at once. */
function knockFromAll(from: Host, address: string) {
  const lines = SOURCES.map((source) =>
    `(for p in 7000 8000 9000; do nc -z -n -w 2 -s ${source} ${address} $p; done) &`
  );
  return from.run(["sh", "-c", `${lines.join("\n")}\nwait`], { timeout: 60_000 });
}

Deno.test("whoever knocked is let in though the ruleset is flushed amid a hundred openings", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  for (const source of SOURCES) {
    await alice.run(["ip", "address", "add", `${source}/24`, "dev", alice.interface]);
  }
  const config = await scratch.config(
    '[doors.ssh]\nopen = 22\nsequence = "7000,8000,9000"\ncmd_timeout = 600\n',
  );
  await serve(server, config);
  const knocking = knockFromAll(alice, server.ipv4);
  for (let i = 0; i < 20; i++) {
    await server.run(["nft", "flush", "ruleset"]);
  }
  await knocking;
  await waitFor(
    async () => {
      await knockFromAll(alice, server.ipv4);
      const text = await ruleset(server);
      return SOURCES.every((source) => text.includes(source));
    },
    60_000,
    "a hundred addresses to be let in",
  );
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
});
