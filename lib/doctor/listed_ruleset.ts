/**
 * The firewall's rules, read from nft. What iptables' own matches ask of a connection's state
 * is in its text alone: as JSON such a match has a name, and nothing else.
 */

import type { Machine } from "./machine.ts";
import { parseRuleset, type Rule, type Ruleset, said } from "./ruleset.ts";

/** The rules; a code that is not 0 where nft can't read them, `undefined` without nft. */
export async function listedRuleset(
  machine: Pick<Machine, "run">,
): Promise<{ readonly ruleset: Ruleset | undefined } | undefined> {
  const listed = await machine.run("nft", "-j", "list", "ruleset");
  if (listed === undefined) return undefined;
  const ruleset = listed.code === 0 ? parseRuleset(listed.text) : undefined;
  return { ruleset: ruleset && await withStates(machine, ruleset) };
}

/** The same rules, iptables' questions for a state among them as nft's own. */
async function withStates(
  { run }: Pick<Machine, "run">,
  ruleset: Ruleset,
): Promise<Ruleset> {
  const texts = new Map<string, string>();
  for (const { rule } of ruleset) {
    const table = rule && `${rule.family} ${rule.table}`;
    if (!rule?.expr?.some(asksForState) || texts.has(table!)) continue;
    const listed = await run("nft", "-a", "list", "table", rule.family, rule.table);
    texts.set(table!, listed?.text ?? "");
  }
  return ruleset.map((entry) => {
    const text = entry.rule && texts.get(`${entry.rule.family} ${entry.rule.table}`);
    return text === undefined ? entry : { ...entry, rule: translated(entry.rule!, text) };
  });
}

function asksForState(part: unknown): boolean {
  const { type, name = "" } = (said(part, "xt") ?? {}) as {
    type?: string;
    name?: string;
  };
  return type === "match" && /^(conntrack|state)$/.test(name);
}

/** The rule with what its line says of the state, where it says nothing else of that kind. */
function translated(rule: Rule, text: string): Rule {
  const { expr = [], handle } = rule;
  if (expr.filter(asksForState).length !== 1) return rule;
  const end = ` # handle ${handle}\n`;
  const line = text.slice(0, text.indexOf(end)).split("\n").at(-1) ?? "";
  const [first, ...more] = line.match(/\bct \w+ .*?(?=ct |$)/g) ?? [];
  const [, not, states] = /^ct state (! |!= )?([a-z,]+) /.exec(first ?? "") ?? [];
  if (states === undefined || more.length > 0) return rule;
  const match = {
    op: not === undefined ? "in" : "!=",
    left: { ct: { key: "state" } },
    right: states.split(","),
  };
  return { ...rule, expr: expr.map((part) => asksForState(part) ? { match } : part) };
}
