/** A ruleset as `nft -j list ruleset` shows it (libnftables-json(5)). */

import { orUndefined } from "../../core/or_undefined.ts";

/** A chain; one with a hook sees packets by itself. */
export interface Chain {
  /** `ip`, `ip6`, `inet`, `netdev`. */
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** `ingress`, `prerouting`, `input`, `forward`. */
  readonly hook?: string;
  /** What becomes of a packet that no rule decides on; `accept` if nothing is said. */
  readonly policy?: string;
}

export interface Rule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** What nft knows it by. */
  readonly handle?: number;
  /** Matches and statements, in their order. */
  readonly expr?: readonly unknown[];
}

export type Ruleset = readonly { readonly chain?: Chain; readonly rule?: Rule }[];

/** Reads nft's text; `undefined` if it is none. */
export function parseRuleset(text: string): Ruleset | undefined {
  const found = orUndefined(() => JSON.parse(text))?.nftables;
  return Array.isArray(found) ? found : undefined;
}

/** The chains that see packets of a version of IP at one of these hooks. */
export function chainsAt(
  ruleset: Ruleset,
  version: 4 | 6,
  hooks: readonly string[],
): Chain[] {
  const families = [version === 4 ? "ip" : "ip6", "inet", "netdev"];
  return ruleset.flatMap(({ chain }) => chain ?? []).filter(({ family, hook = "" }) =>
    families.includes(family) && hooks.includes(hook)
  );
}

/** The program that made a chain, if that was iptables: nft is not to change such a one. */
export function iptablesFor(
  { family, name }: Pick<Chain, "family" | "name">,
): "iptables" | "ip6tables" | undefined {
  if (name !== name.toUpperCase()) return undefined;
  if (family === "ip") return "iptables";
  return family === "ip6" ? "ip6tables" : undefined;
}

/** The rules of a chain, in their order. */
export function rulesOf(
  ruleset: Ruleset,
  { family, table, name }: Pick<Chain, "family" | "table" | "name">,
): Rule[] {
  let byChain = indexes.get(ruleset);
  if (byChain === undefined) indexes.set(ruleset, byChain = indexOf(ruleset));
  return byChain.get(`${family} ${table} ${name}`) ?? [];
}

/** The rules by chain: there may be thousands of each, and most call others. */
const indexes = new WeakMap<Ruleset, ReadonlyMap<string, Rule[]>>();

function indexOf(ruleset: Ruleset): ReadonlyMap<string, Rule[]> {
  const rules = ruleset.flatMap(({ rule }) => rule ?? []);
  return Map.groupBy(rules, ({ family, table, chain }) => `${family} ${table} ${chain}`);
}

/** A match or target of iptables' own, if a part of a rule is one. */
export function iptablesOwn(part: unknown): { type?: string; name?: string } {
  return said(part, "xt") ?? {};
}

/** What a part of a rule says under a name, if it is of that kind. */
export function said(part: unknown, kind: string): object | undefined {
  if (typeof part !== "object" || part === null || !(kind in part)) return undefined;
  return (part as Record<string, object | null>)[kind] ?? {};
}
