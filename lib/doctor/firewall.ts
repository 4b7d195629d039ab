/**
 * Whether what is not opened is shut, over IPv4 and IPv6, and established connections live.
 */

import type { Config } from "../config/config.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import { type LegacyInput, legacyInput } from "./legacy_input.ts";
import { dropsAnswers } from "./answers.ts";
import { openedBy } from "./door_firewall.ts";
import { listedRuleset } from "./listed_ruleset.ts";
import { isSentOn, localHooks } from "./local_hooks.ts";
import type { Machine } from "./machine.ts";
import { follow } from "./passage.ts";
import type { Packet } from "./rule_match.ts";
import { type Chain, chainsAt, type Ruleset } from "./ruleset.ts";

/** What the rules that nft shows mean for a port that nobody has knocked for. */
export async function firewallFindings(
  machine: Machine,
  config: Config | undefined,
): Promise<Examined[]> {
  const listed = await listedRuleset(machine);
  if (listed === undefined) {
    return [
      unknown("firewall", "there is no nft to ask", "install nftables, or look yourself"),
    ];
  }
  const { ruleset } = listed;
  if (ruleset === undefined) {
    const fix = machine.uid === 0
      ? "that takes CAP_NET_ADMIN, and nf_tables in the kernel"
      : "run knockd doctor as root";
    return [unknown("firewall", "its rules can't be read", fix)];
  }
  const guards = config?.doors.some(({ kernel }) => kernel !== undefined) ?? false;
  const both = ([4, 6] as const).map(async (version) => {
    if (!isReachable(machine, version)) {
      return well(`IPv${version}`, `no interface has an address of IPv${version}`);
    }
    const packets = opened(config).map((packet) => ({ ...packet, version }));
    const open = openTo(ruleset, packets);
    if (open !== undefined && isSentOn(ruleset, open)) return sentOn(open, guards);
    const input = open === undefined ? undefined : await legacyInput(machine, version);
    if (input?.dropsByPolicy || input?.dropsByRule) return shutByLegacy(input, version);
    return open === undefined ? shut(ruleset, packets) : ill(...wideOpen(open, guards));
  });
  return await Promise.all(both);
}

/** Whether anybody else can send to it over this version of IP. */
function isReachable(machine: Machine, version: 4 | 6): boolean {
  return machine.interfaces().some(({ name, address }) =>
    name !== "lo" && address.includes(":") === (version === 6)
  );
}

/** What the old iptables drops, where nft shows nothing that does. */
function shutByLegacy(input: LegacyInput, version: 4 | 6): Examined {
  const { program, dropsByPolicy, knowsStates } = input;
  return dropsByPolicy && !knowsStates
    ? ill(
      `IPv${version}`,
      `${program} INPUT drops answers, too: no rule accepts established connections`,
      `${program} -I INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT`,
    )
    : well(`IPv${version}`, `${program} INPUT drops what nobody knocked for`);
}

/**
 * What nothing drops, of packets that begin something: one to a port that a door opens, or,
 * where no port is known, any of them.
 */
function openTo(ruleset: Ruleset, packets: readonly Packet[]): Packet | undefined {
  const passing = packets.filter((packet) => !droppingChain(ruleset, packet));
  const isKnown = packets.some(({ port }) => port !== undefined);
  return isKnown || passing.length === packets.length ? passing[0] : undefined;
}

/** `guards` says that the config has doors that the kernel keeps shut, once it is told. */
function wideOpen(
  { version, protocol, port }: Packet,
  guards: boolean,
): [about: string, says: string, fix: string] {
  const what = port === undefined
    ? `what comes in over IPv${version}: every port is`
    : `what comes to ${port}/${protocol} over IPv${version}: it is`;
  return [
    `IPv${version}`,
    `nothing drops ${what} open to everybody`,
    guards
      ? "knockd firewall up shuts the ports of the doors; for others see docs/firewalls.md"
      : "give the door open = PORT, or see docs/firewalls.md",
  ];
}

/** What the forwarding chains do then depends on what it has become. */
function sentOn({ version, protocol, port }: Packet, guards: boolean): Examined {
  return unknown(
    `IPv${version}`,
    `what comes to ${port}/${protocol} is sent on, as to a container: INPUT never sees it`,
    guards
      ? "knockd firewall up shuts it"
      : `give the door open = ${port}, which comes first`,
  );
}

function shut(ruleset: Ruleset, packets: readonly Packet[]): Examined {
  const { version } = packets[0]!;
  const about = `IPv${version}`;
  const deaf = chainsAt(ruleset, version, HOOKS).find((chain) =>
    dropsAnswers(ruleset, chain)
  );
  if (deaf !== undefined) {
    return ill(
      about,
      `${nameOf(deaf)} drops answers, too: no rule accepts established connections`,
      acceptAnswers(deaf),
    );
  }
  const first = packets.map((packet) => droppingChain(ruleset, packet))
    .find((chain) => chain !== undefined)!;
  return well(about, `${nameOf(first)} drops what nobody knocked for`);
}

const HOOKS = ["input", "prerouting"];

/** What iptables made is not to be changed by nft. */
function acceptAnswers(chain: Chain): string {
  const { family, name } = chain;
  return /^ip6?$/.test(family) && name === name.toUpperCase()
    ? `${
      family === "ip" ? "iptables" : "ip6tables"
    } -I ${name} -m conntrack --ctstate ESTABLISHED -j ACCEPT`
    : `nft insert rule ${nameOf(chain)} ct state established accept`;
}

function nameOf({ family, table, name }: Chain): string {
  return `${family} ${table} ${name}`;
}

/** The first chain that may drop what somebody begins with; `undefined` if none can. */
function droppingChain(ruleset: Ruleset, packet: Packet): Chain | undefined {
  return chainsAt(ruleset, packet.version, localHooks(ruleset, packet))
    .find((chain) => follow(ruleset, chain, packet).ends.has("drop"));
}

/** What is opened by knocking; anything where that can't be told. */
function opened(config: Config | undefined): Omit<Packet, "version">[] {
  const ports = (config?.doors ?? []).flatMap((door) =>
    door.target === undefined ? openedBy(door, config!.options.table)?.ports ?? [] : []
  );
  return ports.length > 0
    ? ports.map(({ protocol, first }) => ({ protocol, port: first }))
    : [{ protocol: "tcp" }, { protocol: "udp" }];
}
