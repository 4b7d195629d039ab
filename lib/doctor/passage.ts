/**
 * What may become of somebody's first packet in a chain. What only the packet can tell, as
 * where it came from, leaves both ways open.
 *
 * @module
 */
import { matches, type Packet } from "./rule_match.ts";
import { type Chain, type Rule, type Ruleset, rulesOf, said } from "./ruleset.ts";

/** What may become of it. */
export interface Passage {
  /** `on` goes to the chain that called this one. */
  readonly ends: ReadonlySet<"accept" | "drop" | "on">;
  /** What drops it first, if anything does: `inet filter input, rule 7`. */
  readonly dropper?: string;
}

/** Chains that call each other are followed so deep, as in the kernel. */
const DEEPEST = 16;

/** Follows a packet through a chain and those that it calls. */
export function follow(
  ruleset: Ruleset,
  chain: Chain,
  packet: Packet,
  depth = 0,
): Passage {
  const ends = new Set<"accept" | "drop" | "on">();
  let dropper: string | undefined;
  const where = `${chain.family} ${chain.table} ${chain.name}`;
  for (const rule of rulesOf(ruleset, chain)) {
    const matched = matches(rule.expr ?? [], packet);
    if (matched === "no") continue;
    const passage = endOf(ruleset, chain, rule, packet, depth);
    if (passage === undefined) continue;
    for (const end of passage.ends) if (end !== "on") ends.add(end);
    dropper ??= passage.dropper ??
      (passage.ends.has("drop") ? `${where}, rule ${rule.handle ?? "?"}` : undefined);
    if (matched === "yes" && !passage.ends.has("on")) return made(ends, dropper);
    if (matched === "yes" && isReturn(rule)) break;
  }
  const last = chain.hook === undefined ? "on" : chain.policy ?? "accept";
  if (last === "drop") dropper ??= `${where}, by its policy`;
  return made(ends.add(last as "accept" | "drop" | "on"), dropper);
}

function made(ends: Passage["ends"], dropper: string | undefined): Passage {
  return dropper === undefined ? { ends } : { ends, dropper };
}

/** What a rule does that matches; `undefined` where it only counts or logs. */
function endOf(
  ruleset: Ruleset,
  chain: Chain,
  { expr = [] }: Rule,
  packet: Packet,
  depth: number,
): Passage | undefined {
  for (const part of expr) {
    if (said(part, "accept")) return { ends: new Set(["accept"]) };
    if (said(part, "drop") ?? said(part, "reject")) return { ends: new Set(["drop"]) };
    if (said(part, "return")) return { ends: new Set(["on"]) };
    const call = said(part, "jump") ?? said(part, "goto");
    if (call === undefined) {
      // A map of verdicts, or what iptables has that nft has no words for.
      if (said(part, "vmap") ?? target(part)) {
        return { ends: new Set(["accept", "drop", "on"]) };
      }
      continue;
    }
    const name = (call as { target?: string }).target ?? "";
    const { hook: _, policy: __, ...inner } = { ...chain, name };
    return depth < DEEPEST
      ? follow(ruleset, inner, packet, depth + 1)
      : { ends: new Set(["on"]) };
  }
  return undefined;
}

function isReturn({ expr = [] }: Rule): boolean {
  return expr.some((part) => said(part, "return") !== undefined);
}

function target(part: unknown): unknown {
  const { type, name = "" } = (said(part, "xt") ?? {}) as {
    type?: string;
    name?: string;
  };
  return type === "target" && !/^(LOG|NFLOG|MARK|CONNMARK)$/.test(name) || undefined;
}
