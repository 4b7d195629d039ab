import { equal } from "node:assert/strict";
import { addressTest } from "../../../lib/core/firewall/address_block.ts";
import { addressPattern } from "../../../lib/server/history/address_pattern.ts";

const ADDRESSES = ["10.0.0.0", "10.255.255.255", "11.0.0.0", "0.1.2.3", "192.0.2.7"]
  .concat(["172.16.0.1", "172.31.255.255", "172.32.0.0"])
  .concat(["::1", "2001::1", "2001:0:1::", "2001:0:1::7", "2001:db8::", "2001:db8:1::7"])
  .concat(["2001:db8:ffff::1", "2001:db9::", "fd00::1", "1:2:3:4:5:6:7:0"])
  .concat(["1:2:3:4:5:6:7:8"]);

const PATTERNS: readonly (readonly [network: string, pattern: string])[] = [
  ["10.0.0.0/8", "10.*"],
  ["172.16.0.0/12", "172.*"],
  ["0.0.0.0/0", "*.*"],
  ["0.0.0.0/8", "0.*"],
  ["192.0.2.7", "192.0.2.7"],
  ["2001:db8::/32", "2001:db8:*"],
  ["2001:db8::/40", "2001:db8:*"],
  ["2001:0:1::/48", "2001:*"],
  ["1:2:3:4:5:6:7:0/112", "1:2:3:4:5:6:7:*"],
  ["::/0", "*:*"],
  ["fd00::/8", "*:*"],
  ["::1", "::1"],
  ["nobody", ""],
];

Deno.test("a network's addresses are looked for by the part of their text that is common", () => {
  for (const [network, pattern] of PATTERNS) equal(addressPattern(network), pattern);
});

Deno.test("no address of a network is missed", () => {
  for (const [network] of PATTERNS) {
    const isLike = new RegExp(`^${addressPattern(network).replaceAll("*", ".*")}$`);
    for (const ip of ADDRESSES.filter(addressTest(network))) {
      equal(isLike.test(ip), true, `${ip} in ${network}`);
    }
  }
});
