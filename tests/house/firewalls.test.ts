import assert from "node:assert/strict";
import type { Door } from "../../lib/core/door.ts";
import {
  type FirewallDoor,
  firewallDoors,
} from "../../lib/setup/firewall/firewall_door.ts";
import { iptablesCommands, iptablesRuleset } from "../../lib/setup/firewall/iptables.ts";
import { nftCommands } from "../../lib/setup/firewall/nft.ts";
import { load } from "../config/files.ts";

const page = await Deno.readTextFile(new URL("../../docs/firewalls.md", import.meta.url));

/** The config below a heading of the page, if it is one that can be used. */
async function doorBelow(heading: string): Promise<Door> {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [text] = /^ {4}\[doors\.ssh\]\n(?: {4}.*\n)+/m.exec(section.split("\n## ")[0]!)!;
  const { config, problems } = await load(text.replaceAll(/^ {4}/gm, ""));
  assert.ok(config, JSON.stringify(problems));
  return config.doors[0]!;
}

function firewallDoor(door: Door): FirewallDoor {
  return firewallDoors([[door, [{ port: 22, protocol: "tcp" }]]])[0]!;
}

for (const heading of ["nftables", "iptables", "ufw", "firewalld", "pf"]) {
  Deno.test(`docs/firewalls.md shows a config for ${heading} that opens and closes`, async () => {
    const { start, stop } = await doorBelow(heading);
    for (const command of [start?.ipv4, start?.ipv6, stop?.ipv4, stop?.ipv6]) {
      assert.ok(command !== undefined && `${command}`.includes("%IP%"));
    }
  });
}

Deno.test("docs/firewalls.md shows what knockd firewall prints", async () => {
  const nft = await doorBelow("nftables");
  const { start, stop } = nftCommands(firewallDoor(nft));
  assert.deepEqual([nft.start, nft.stop], [start, stop]);
  const iptables = await doorBelow("iptables");
  const expected = iptablesCommands(firewallDoor(iptables));
  assert.deepEqual([iptables.start, iptables.stop], [expected.start, expected.stop]);
  const [, rule] = /^ {4}-A ufw-before-input (.*)$/m.exec(page)!;
  const ruleset = iptablesRuleset([firewallDoor(iptables)]).split("\n");
  assert.ok(ruleset.includes(`-4 -A INPUT ${rule}`), rule);
});
