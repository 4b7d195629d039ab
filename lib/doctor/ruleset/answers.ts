/** Whether what a service answers with comes back in: a chain that drops has to let it. */

import { type Chain, iptablesOwn, type Rule, type Ruleset, said } from "./ruleset.ts";

/** Whether a chain drops by its policy, and no rule of its table accepts answers. */
export function dropsAnswers(ruleset: Ruleset, chain: Chain): boolean {
  return chain.policy === "drop" &&
    !ruleset.some(({ rule }) =>
      rule?.family === chain.family && rule.table === chain.table && mayTakeAnswers(rule)
    );
}

/** A rule about what is established, or whatever is no SYN, that is not there to drop it. */
function mayTakeAnswers({ expr = [] }: Rule): boolean {
  const decides = VERDICTS.some((kind) => expr.some((part) => kind in Object(part)));
  return decides && expr.some(isAboutAnswers);
}

/** What a packet may pass by; a chain that is called may accept it. */
const VERDICTS = ["accept", "jump", "goto", "return", "vmap"];

function isAboutAnswers(part: unknown): boolean {
  const { name = "" } = iptablesOwn(part);
  // What can't be told is taken for an answer's.
  if (/^(conntrack|state|connmark)$/.test(name)) return true;
  const { op = "", left } = (said(part, "match") ?? {}) as {
    op?: string;
    left?: unknown;
  };
  const text = JSON.stringify(said(part, "match") ?? said(part, "vmap") ?? "");
  const negated = op.startsWith("!");
  if (text.includes('"key":"state"')) return text.includes("established") !== negated;
  return JSON.stringify(left ?? "").includes('"flags"') &&
    (negated || /"ack"\]?}$/.test(text));
}
