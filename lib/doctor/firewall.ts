/**
 * Whether what is not opened is shut, over IPv4 and IPv6, and established connections live.
 */

import type { Config } from "../config/config.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import { type LegacyInput, legacyInput } from "./legacy_input.ts";
import type { Machine } from "./machine.ts";
import {
  type Chain,
  chainsAt,
  parseRuleset,
  type Ruleset,
  rulesOf,
  said,
} from "./ruleset.ts";

/** What the rules that nft shows mean for a port that nobody has knocked for. */
export async function firewallFindings(
  machine: Machine,
  config: Config | undefined,
): Promise<Examined[]> {
  const listed = await machine.run("nft", "-j", "list", "ruleset");
  if (listed === undefined) {
    return [
      unknown("firewall", "there is no nft to ask", "install nftables, or look yourself"),
    ];
  }
  const ruleset = parseRuleset(listed.text);
  if (listed.code !== 0 || ruleset === undefined) {
    const fix = machine.uid === 0
      ? "that takes CAP_NET_ADMIN, and nf_tables in the kernel"
      : "run knockd doctor as root";
    return [unknown("firewall", "its rules can't be read", fix)];
  }
  const guards = config?.doors.some(({ kernel }) => kernel !== undefined) ?? false;
  const both = ([4, 6] as const).map(async (version) => {
    const input = droppingChain(ruleset, version)
      ? undefined
      : await legacyInput(machine, version);
    return input?.dropsByPolicy || input?.dropsByRule
      ? shutByLegacy(input, version)
      : shut(ruleset, version, guards);
  });
  return await Promise.all(both);
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

/** `guards` says that the config has doors that the kernel keeps shut, once it is told. */
function shut(ruleset: Ruleset, version: 4 | 6, guards: boolean): Examined {
  const about = `IPv${version}`;
  const first = droppingChain(ruleset, version);
  if (first === undefined) {
    return ill(
      about,
      `nothing drops what comes in over IPv${version}: every port is open to everybody`,
      guards
        ? "knockd firewall up shuts the ports of the doors; for others see docs/firewalls.md"
        : "give the door open = PORT, or see docs/firewalls.md",
    );
  }
  const where = `${first.family} ${first.table} ${first.name}`;
  if (dropsAnswers(ruleset, first)) {
    return ill(
      about,
      `${where} drops answers, too: no rule accepts established connections`,
      `nft insert rule ${where} ct state established accept`,
    );
  }
  return well(about, `${where} drops what nobody knocked for`);
}

/** The chain that drops by its policy, or by one of its rules. */
function droppingChain(ruleset: Ruleset, version: 4 | 6): Chain | undefined {
  return chainsAt(ruleset, version, ["input", "prerouting"])
    .find((chain) => chainDrops(ruleset, chain));
}

function chainDrops(ruleset: Ruleset, chain: Chain): boolean {
  return chain.policy === "drop" ||
    rulesOf(ruleset, chain).some((rule) =>
      rule.expr?.some((part) =>
        (said(part, "drop") ?? said(part, "reject")) !== undefined
      )
    );
}

/** Whether a chain drops by its policy, and no rule of its table accepts answers. */
export function dropsAnswers(ruleset: Ruleset, chain: Chain): boolean {
  return chain.policy === "drop" &&
    !ruleset.some(({ rule }) =>
      rule?.family === chain.family && rule.table === chain.table &&
      rule.expr?.some(mayTakeAnswers)
    );
}

/** A rule that asks for the state of a connection; of iptables', nft says no more. */
function mayTakeAnswers(part: unknown): boolean {
  const { name = "" } = (said(part, "xt") ?? {}) as { name?: string };
  if (/^(conntrack|state|connmark)$/.test(name)) return true;
  const match = said(part, "match") ?? said(part, "vmap");
  return JSON.stringify(match ?? "").includes("established");
}
