/**
 * Whether what is not opened is shut, over IPv4 and IPv6, and established connections live.
 *
 * @module
 */
import { type Examined, ill, unknown, well } from "./finding.ts";
import type { Machine } from "./machine.ts";

interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string;
  readonly policy?: string;
}

interface Rule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly expr?: readonly unknown[];
}

type Ruleset = readonly { readonly chain?: Chain; readonly rule?: Rule }[];

/** What the rules that nft shows mean for a port that nobody has knocked for. */
export async function firewallFindings(machine: Machine): Promise<Examined[]> {
  const said = await machine.run("nft", "-j", "list", "ruleset");
  if (said === undefined) {
    return [
      unknown("firewall", "there is no nft to ask", "install nftables, or look yourself"),
    ];
  }
  const ruleset = parse(said.text);
  if (said.code !== 0 || ruleset === undefined) {
    return [unknown("firewall", "its rules can't be read", "run knockd doctor as root")];
  }
  return [4, 6].map((version) => shut(ruleset, version as 4 | 6));
}

function parse(text: string): Ruleset | undefined {
  try {
    const { nftables } = JSON.parse(text);
    return Array.isArray(nftables) ? nftables : undefined;
  } catch {
    return undefined;
  }
}

function shut(ruleset: Ruleset, version: 4 | 6): Examined {
  const about = `IPv${version}`;
  const families = version === 4 ? ["ip", "inet"] : ["ip6", "inet"];
  const inputs = ruleset.flatMap(({ chain }) => chain ? [chain] : [])
    .filter(({ family, hook }) =>
      families.includes(family) && (hook === "input" || hook === "prerouting")
    );
  const dropping = inputs.filter((chain) => drops(ruleset, chain));
  const [first] = dropping;
  if (first === undefined) {
    return ill(
      about,
      `nothing drops what comes in over IPv${version}: every port is open to everybody`,
      "give the door open = PORT, or see docs/firewalls.md",
    );
  }
  const where = `${first.family} ${first.table} ${first.name}`;
  if (first.policy === "drop" && !accepts(ruleset, first)) {
    return ill(
      about,
      `${where} drops answers, too: no rule accepts established connections`,
      `nft insert rule ${where} ct state established accept`,
    );
  }
  return well(about, `${where} drops what nobody knocked for`);
}

/** By its policy, or by one of its rules. */
function drops(ruleset: Ruleset, chain: Chain): boolean {
  return chain.policy === "drop" ||
    rulesOf(ruleset, chain).some((rule) =>
      rule.expr?.some((part) => isVerdict(part, "drop") || isVerdict(part, "reject"))
    );
}

function accepts(ruleset: Ruleset, chain: Chain): boolean {
  return ruleset.some(({ rule }) =>
    rule?.family === chain.family && rule.table === chain.table &&
    JSON.stringify(rule.expr ?? []).includes("established")
  );
}

function rulesOf(ruleset: Ruleset, chain: Chain): Rule[] {
  return ruleset.flatMap(({ rule }) => rule ? [rule] : []).filter((rule) =>
    rule.family === chain.family && rule.table === chain.table &&
    rule.chain === chain.name
  );
}

function isVerdict(part: unknown, verdict: string): boolean {
  return typeof part === "object" && part !== null && verdict in part;
}
