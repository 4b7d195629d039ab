/**
 * Whether what is not opened is shut, over IPv4 and IPv6, and established connections live.
 */

import type { Config } from "../config/config.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import { type LegacyInput, legacyInput } from "./ruleset/legacy_input.ts";
import { dropsAnswers } from "./ruleset/answers.ts";
import { openedBy } from "./door_firewall.ts";
import { listedRuleset } from "./ruleset/listed_ruleset.ts";
import { INGRESS, isSentOn, localHooks } from "./ruleset/local_hooks.ts";
import type { Machine } from "./machine.ts";
import { follow } from "./ruleset/passage.ts";
import type { Packet } from "./ruleset/rule_match.ts";
import { type Chain, chainsAt, iptablesFor, type Ruleset } from "./ruleset/ruleset.ts";
import { wayIn } from "./way_in.ts";

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
  const by = wayIn(machine, config?.options);
  const both = ([4, 6] as const).map(async (version) => {
    if (!isReachable(machine, version)) {
      return well(`IPv${version}`, `no interface has an address of IPv${version}`);
    }
    const packets = opened(config).map((packet) => (
      { ...packet, version, stranger: true, ...by && { by } }
    ));
    const judged = packets.map((packet) => judge(ruleset, packet));
    const open = openAmong(judged);
    if (open !== undefined && isSentOn(ruleset, open)) return sentOn(open, guards);
    const unsure = judged.find(({ fate }) => fate === "unsure");
    const input = open ?? unsure ? await legacyInput(machine, version) : undefined;
    if (input?.dropsByPolicy || input?.dropsByRule) return shutByLegacy(input, version);
    if (open !== undefined) return ill(...wideOpen(open, guards));
    return unsure === undefined ? shut(ruleset, judged) : untold(unsure);
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
function openAmong(judged: readonly Judged[]): Packet | undefined {
  const open = judged.filter(({ fate }) => fate === "open");
  const isKnown = judged.some(({ packet: { port } }) => port !== undefined);
  return isKnown || open.length === judged.length ? open[0]?.packet : undefined;
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

/** A rule may drop it, or not, by what the rules do not tell. */
function untold({ packet: { version, protocol, port }, rule }: Judged): Examined {
  return unknown(
    `IPv${version}`,
    `${rule}, may drop what comes to ${port}/${protocol}, and may not`,
    `try from another machine, without a knock: nc -vz${protocol === "udp" ? "u" : ""} ` +
      `HOST ${port}`,
  );
}

function shut(ruleset: Ruleset, judged: readonly Judged[]): Examined {
  const { version } = judged[0]!.packet;
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
  const { chain } = judged.find(({ chain }) => chain !== undefined)!;
  return well(about, `${nameOf(chain!)} drops what nobody knocked for`);
}

const HOOKS = ["input", "prerouting"];

function acceptAnswers(chain: Chain): string {
  const program = iptablesFor(chain);
  return program === undefined
    ? `nft insert rule ${nameOf(chain)} ct state established accept`
    : `${program} -I ${chain.name} -m conntrack --ctstate ESTABLISHED -j ACCEPT`;
}

function nameOf({ family, table, name }: Chain): string {
  return `${family} ${table} ${name}`;
}

interface Judged {
  readonly packet: Packet;
  readonly fate: "dropped" | "open" | "unsure";
  /** The chain that drops it, or may. */
  readonly chain?: Chain;
  /** The rule that does, in words. */
  readonly rule?: string | undefined;
}

/** What becomes of a packet; to a port that is not known, whatever may become of one. */
function judge(ruleset: Ruleset, packet: Packet): Judged {
  const isKnown = packet.port !== undefined;
  const hooks = [...isKnown ? [INGRESS] : [], ...localHooks(ruleset, packet)];
  const may = chainsAt(ruleset, packet.version, hooks)
    .map((chain) => ({ chain, ...follow(ruleset, chain, packet) }))
    .filter(({ ends }) => ends.has("drop"));
  const does = may.find(({ chain, ends }) =>
    chain.hook !== INGRESS && (ends.size === 1 || !isKnown)
  );
  const [first] = may;
  if (first === undefined) return { packet, fate: "open" };
  const { chain, dropper: rule } = does ?? first;
  return { packet, fate: does === undefined ? "unsure" : "dropped", chain, rule };
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
