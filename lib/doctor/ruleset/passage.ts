/**
 * What may become of somebody's first packet in a chain. What only the packet can tell, as
 * where it came from, leaves both ways open.
 */

import {
  chosen,
  type Holds,
  matches,
  namesPort,
  namesSource,
  type Packet,
} from "./rule_match.ts";
import {
  type Chain,
  iptablesOwn,
  type Rule,
  type Ruleset,
  rulesOf,
  said,
} from "./ruleset.ts";

/**
 * `on` goes to the chain that called this one; `sent on`, to another address or port, as to
 * a container.
 */
export type End = "accept" | "drop" | "on" | "sent on";
/** What a rule does: `on` goes to the next one, `left` leaves its chain. */
type RuleEnd = End | "left";

export interface Passage {
  readonly ends: ReadonlySet<End>;
  /** What drops it first, if anything does: `inet filter input, rule 7`. */
  readonly dropper?: string;
}

interface RulePassage {
  readonly ends: ReadonlySet<RuleEnd>;
  readonly dropper?: string;
}

/** Chains that call each other are followed so deep, as in the kernel. */
const DEEPEST = 16;

/** Whether a rule is taken to be about a packet. */
export type AboutPacket = (rule: Rule, packet: Packet) => Holds;

const certain: AboutPacket = ({ expr = [] }, packet) => matches(expr, packet);

/**
 * As most rulesets mean it. What can't be told here is taken to be about others, but for a
 * rule that accepts the very port from no written addresses, and for what is exempt from
 * the rest of a chain.
 */
export const likely: AboutPacket = (rule, packet) => {
  const found = certain(rule, packet);
  if (found !== "maybe") return found;
  const expr = rule.expr ?? [];
  const accepts = expr.some((part) => said(part, "accept") !== undefined);
  const lets = accepts && expr.some(namesPort) && !expr.some(namesSource);
  return isReturn(rule) || lets ? "yes" : "no";
};

/** Follows a packet through a chain and those that it calls. */
export function follow(
  ruleset: Ruleset,
  chain: Chain,
  packet: Packet,
  isAbout: AboutPacket = certain,
  depth = 0,
): Passage {
  const ends = new Set<End>();
  let dropper: string | undefined;
  const where = `${chain.family} ${chain.table} ${chain.name}`;
  const last = lastOf(chain);
  for (const rule of rulesOf(ruleset, chain)) {
    const matched = isAbout(rule, packet);
    if (matched === "no") continue;
    const passage = endOf(ruleset, chain, rule, packet, isAbout, depth);
    if (passage === undefined) continue;
    for (const end of passage.ends) {
      if (end !== "on") ends.add(end === "left" ? last : end);
    }
    dropper ??= passage.dropper ??
      (passage.ends.has("drop") ? `${where}, rule ${rule.handle ?? "?"}` : undefined);
    if (passage.ends.has("left") && last === "drop") dropper ??= byPolicy(where);
    if (matched === "yes" && !passage.ends.has("on")) return made(ends, dropper);
  }
  if (last === "drop") dropper ??= byPolicy(where);
  return made(ends.add(last), dropper);
}

function byPolicy(chain: string): string {
  return `${chain}, by its policy`;
}

/** What becomes of a packet at the end of a chain. */
function lastOf({ hook, policy }: Chain): "accept" | "drop" | "on" {
  if (hook === undefined) return "on";
  return policy === "drop" ? "drop" : "accept";
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
  isAbout: AboutPacket,
  depth: number,
): RulePassage | undefined {
  for (const part of expr) {
    const verdict = chosen(part, packet);
    // Where it can't be told, or iptables has what nft has no words for.
    if (verdict === undefined || mayDrop(verdict)) return ANYTHING;
    if (said(verdict, "accept")) return { ends: new Set(["accept"]) };
    if (
      said(verdict, "drop") ?? said(verdict, "reject") ?? xtTarget(verdict, /^REJECT$/)
    ) {
      return { ends: new Set(["drop"]) };
    }
    if (said(verdict, "return")) return { ends: new Set(["left"]) };
    if (said(verdict, "dnat") ?? xtTarget(verdict, /^DNAT$/)) {
      return { ends: new Set(["sent on"]) };
    }
    const call = said(verdict, "jump") ?? said(verdict, "goto");
    if (call === undefined) continue;
    const name = (call as { target?: string }).target ?? "";
    const { hook: _, policy: __, ...inner } = { ...chain, name };
    if (depth >= DEEPEST) return { ends: new Set(["on"]) };
    const passage = follow(ruleset, inner, packet, isAbout, depth + 1);
    return said(verdict, "goto") ? withoutReturn(passage) : passage;
  }
  return undefined;
}

/** Whoever was sent there by `goto` does not come back to this chain. */
function withoutReturn({ ends, ...rest }: Passage): RulePassage {
  return {
    ...rest,
    ends: new Set(Array.from(ends, (end) => end === "on" ? "left" : end)),
  };
}

const ANYTHING: Passage = { ends: new Set(["accept", "drop", "on"]) };

function isReturn({ expr = [] }: Rule): boolean {
  return expr.some((part) => said(part, "return") !== undefined);
}

/** Of iptables' own targets, those that decide by what is not in the rule. */
function mayDrop(part: unknown): unknown {
  return xtTarget(part, /^(NFQUEUE|SYNPROXY|TARPIT|STEAL|DELUDE|CHAOS)$/);
}

function xtTarget(part: unknown, names: RegExp): true | undefined {
  const { type, name = "" } = iptablesOwn(part);
  return type === "target" && names.test(name) || undefined;
}
