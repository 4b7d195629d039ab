/** A ruleset for nftables: `nft -f`. */

import type { FirewallCommands, FirewallDoor } from "./firewall_door.ts";
import { formatSequence } from "../../core/sequence.ts";

/** The table that the ruleset makes; it touches no other. */
const NFT_TABLE = "inet knockd";

/** A complete ruleset for these doors. */
export function nftRuleset(doors: readonly FirewallDoor[]): string {
  return `#!/usr/sbin/nft -f
# What comes in is dropped, but for what is let in below. Loading this again closes every
# door; other tables stay as they are, and drop what they drop.
#
# Over ssh, try it with a way back, which is taken unless you stop it:
#     (sleep 60; nft delete table ${NFT_TABLE}) & nft -f THIS_FILE

table ${NFT_TABLE}
delete table ${NFT_TABLE}
table ${NFT_TABLE} {
${doors.map(sets).join("\n")}
	chain input {
		type filter hook input priority filter; policy drop;

		# What this host began, and whoever is in already when a door closes.
		ct state { established, related } accept
		iifname "lo" accept

		# Errors, among them those that find the path MTU, and ping.
		icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
		icmp type echo-request accept
		icmpv6 type { destination-unreachable, packet-too-big, time-exceeded } accept
		icmpv6 type { parameter-problem, echo-request } accept

		# Neighbours and routers, without which there is no IPv6. A hop limit of 255 shows
		# that no router passed it on.
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept
		icmpv6 type nd-router-advert ip6 hoplimit 255 accept
		icmpv6 type mld-listener-query ip6 saddr fe80::/10 accept

		# Answers of DHCP servers.
		udp sport 67 udp dport 68 accept
		ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept

		# Doors. knockd hears knocks before they come here: their ports stay closed.
${doors.flatMap(rules).map((rule) => `\t\t${rule}\n`).join("")}
		# What everybody may reach goes here, for instance:
		# tcp dport { 80, 443 } accept
	}
}
`;
}

/** The commands that put an address into a door's sets and take it out. */
export function nftCommands({ id }: FirewallDoor): FirewallCommands {
  const nft = (set: string, verbs: readonly string[]) => [
    "nft",
    verbs.map((verb) => `${verb} element ${NFT_TABLE} ${set} { %IP% }`).join("; "),
  ];
  // Adding what is there leaves it its old time; in one transaction nobody notices.
  const open = (set: string) => nft(set, ["add", "delete", "add"]);
  // Deleting what the kernel closed already would fail.
  const close = (set: string) => nft(set, ["add", "delete"]);
  return {
    start: { ipv4: open(`${id}_4`), ipv6: open(`${id}_6`) },
    stop: { ipv4: close(`${id}_4`), ipv6: close(`${id}_6`) },
  };
}

function sets({ name, id, ports, cmdTimeout, kernelTimeout }: FirewallDoor): string {
  const set = (family: 4 | 6) =>
    `	set ${id}_${family} {
		type ipv${family}_addr
		size 65536
		flags timeout
		timeout ${kernelTimeout}s
	}
`;
  return `	# Door ${name}, ${
    formatSequence(ports)
  }. knockd takes an address out after ${cmdTimeout} s, or
	# later if it knocks again; if knockd is gone, the kernel does after ${kernelTimeout} s.
${set(4)}${set(6)}`;
}

function rules({ id, ports }: FirewallDoor): string[] {
  return ports.flatMap(({ port, protocol }) => [
    `ip saddr @${id}_4 ${protocol} dport ${port} ct state new accept`,
    `ip6 saddr @${id}_6 ${protocol} dport ${port} ct state new accept`,
  ]);
}
