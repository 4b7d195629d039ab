import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type FirewallDoor,
  firewallDoors,
} from "../../../lib/setup/firewall/firewall_door.ts";
import {
  iptablesCommands,
  iptablesRuleset,
} from "../../../lib/setup/firewall/iptables.ts";
import { nftCommands, nftRuleset } from "../../../lib/setup/firewall/nft.ts";
import { door, sequence } from "../../core/doors.ts";

function doors(...names: string[]): FirewallDoor[] {
  return firewallDoors(names.map((name) => [door(name, "7000"), sequence("22")]));
}

const SSH_AND_DNS = firewallDoors([
  [door("ssh", "7000,8000", { cmdTimeout: 30 }), sequence("22")],
  [door("name server", "7000,9000", { cmdTimeout: 3600 }), sequence("53,53:udp")],
]);

Deno.test("nft's ruleset for two doors", async (t) => {
  await t.assertSnapshot(nftRuleset(SSH_AND_DNS));
  await t.assertSnapshot(SSH_AND_DNS.map(nftCommands));
});

Deno.test("iptables' ruleset for two doors", async (t) => {
  await t.assertSnapshot(iptablesRuleset(SSH_AND_DNS));
  await t.assertSnapshot(SSH_AND_DNS.map(iptablesCommands));
});

Deno.test("a door's name in a firewall is unique, short and plain", () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 127 }), {
    minLength: 1,
    maxLength: 20,
  });
  const alike = fc.constantFrom("a b", "a_b", "a  b", "a", "a_2", "ä", "ö", "ssh", "SSH");
  fc.assert(
    fc.property(
      fc.oneof(names, fc.uniqueArray(alike, { minLength: 1 })),
      (names) => {
        const ids = doors(...names).map(({ id }) => id);
        assert.equal(new Set(ids).size, names.length);
        for (const id of ids) assert.match(id, /^door_[A-Za-z0-9_]{0,40}$/);
      },
    ),
  );
});

Deno.test("the kernel gives a door ten times knockd's time, and never none", () => {
  const timeouts = [0, 1, 10, 31_536_000].map((cmdTimeout) =>
    firewallDoors([[door("ssh", "7000", { cmdTimeout }), sequence("22")]])[0]!
      .kernelTimeout
  );
  assert.deepEqual(timeouts, [10, 10, 100, 315_360_000]);
});

Deno.test("xt_recent is never given more seconds than it can count", () => {
  const [year] = firewallDoors([[
    door("ssh", "7000", { cmdTimeout: 31_536_000 }),
    sequence("22"),
  ]]);
  assert.match(iptablesRuleset([year!]), /--seconds 4000000 /);
});
