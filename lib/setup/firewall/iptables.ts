/** A ruleset for iptables-restore and ip6tables-restore, one text for both. */

import type { FirewallCommands, FirewallDoor } from "./firewall_door.ts";
import { formatSequence } from "../../core/sequence.ts";

/** A complete ruleset for these doors. */
export function iptablesRuleset(doors: readonly FirewallDoor[]): string {
  return `# One file for iptables-restore and ip6tables-restore: lines with -4 are for the former,
# lines with -6 for the latter. What comes in is dropped, but for what is let in below.
# Loading it replaces the whole table "filter", what other programs put there included.
#
# Over ssh, try it with a way back, which is taken unless you stop it:
#     (sleep 60; iptables -P INPUT ACCEPT; ip6tables -P INPUT ACCEPT) &
#     iptables-restore THIS_FILE; ip6tables-restore THIS_FILE

*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]

# What this host began, and whoever is in already when a door closes.
-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A INPUT -i lo -j ACCEPT

# Errors, among them those that find the path MTU, and ping.
${icmp(4, ["destination-unreachable", "time-exceeded", "parameter-problem"])}
${icmp(4, ["echo-request"])}
${icmp(6, ["destination-unreachable", "packet-too-big", "time-exceeded"])}
${icmp(6, ["parameter-problem", "echo-request"])}

# Neighbours and routers, without which there is no IPv6. A hop limit of 255 shows that no
# router passed it on.
${icmp(6, ["neighbour-solicitation", "neighbour-advertisement"], NOT_ROUTED)}
${icmp(6, ["router-advertisement"], NOT_ROUTED)}
${icmp(6, ["130"], "-s fe80::/10 ")}

# Answers of DHCP servers.
-4 -A INPUT -p udp --sport 67 --dport 68 -j ACCEPT
-6 -A INPUT -s fe80::/10 -p udp --sport 547 --dport 546 -j ACCEPT

# Doors. knockd hears knocks before they come here: their ports stay closed. Who may connect
# is in lists of the kernel's module xt_recent, in /proc/net/xt_recent: a list holds the
# latest 100 addresses.

${doors.map(rules).join("\n")}
# What everybody may reach goes here, for instance:
# -A INPUT -p tcp --dport 443 -j ACCEPT
COMMIT
`;
}

/** The commands that put an address into a door's lists and take it out. */
export function iptablesCommands({ id }: FirewallDoor): FirewallCommands {
  const write = (sign: "+" | "-", list: string) =>
    `echo ${sign}%IP% >/proc/net/xt_recent/${list}`;
  return {
    start: { ipv4: write("+", `${id}_4`), ipv6: write("+", `${id}_6`) },
    stop: { ipv4: write("-", `${id}_4`), ipv6: write("-", `${id}_6`) },
  };
}

const NOT_ROUTED = "-m hl --hl-eq 255 ";

function icmp(family: 4 | 6, types: readonly string[], match = ""): string {
  const protocol = family === 4 ? "icmp -m icmp" : "ipv6-icmp -m icmp6";
  const option = family === 4 ? "--icmp-type" : "--icmpv6-type";
  return types.map((type) =>
    `-${family} -A INPUT -p ${protocol} ${option} ${type} ${match}-j ACCEPT`
  ).join("\n");
}

/** xt_recent counts in ticks of 1 ms to 10 ms, 32 bits of them. */
const LONGEST_TIMEOUT = 4_000_000;

function rules({ name, id, ports, cmdTimeout, kernelTimeout }: FirewallDoor): string {
  const seconds = Math.min(kernelTimeout, LONGEST_TIMEOUT);
  const rule = (family: 4 | 6, { port, protocol }: FirewallDoor["ports"][number]) =>
    `-${family} -A INPUT -p ${protocol} --dport ${port} -m conntrack --ctstate NEW ` +
    `-m recent --name ${id}_${family} --rcheck --seconds ${seconds} -j ACCEPT\n`;
  return `# Door ${name}, ${formatSequence(ports)}. knockd takes an address out after ` +
    `${cmdTimeout} s, or\n# later if it knocks again; if knockd is gone, the kernel ` +
    `does not count it after ${seconds} s.\n` +
    ports.map((port) => rule(4, port) + rule(6, port)).join("");
}
