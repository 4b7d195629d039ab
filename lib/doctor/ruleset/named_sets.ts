/** Sets and maps of ports in the place of their names, so that a rule says all itself. */

import { type Rule, type Ruleset, said } from "./ruleset.ts";

interface Named {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: unknown;
  readonly elem?: readonly unknown[];
}

/** The same rules; who is in a set of addresses is nobody's business here. */
export function withPorts(ruleset: Ruleset): Ruleset {
  const known = new Map<string, readonly unknown[]>();
  for (const entry of ruleset as readonly { set?: Named; map?: Named }[]) {
    const named = entry.set ?? entry.map;
    if (named?.type !== "inet_service") continue;
    const { family, table, name, elem = [] } = named;
    known.set(`${family} ${table} @${name}`, elem.map(unwrapped));
  }
  if (known.size === 0) return ruleset;
  return ruleset.map((entry) =>
    entry.rule === undefined ? entry : { ...entry, rule: spelled(entry.rule, known) }
  );
}

/** An element that ends by itself, or has a remark. */
function unwrapped(element: unknown): unknown {
  const { val } = (said(element, "elem") ?? {}) as { val?: unknown };
  return val ?? element;
}

function spelled(rule: Rule, known: ReadonlyMap<string, readonly unknown[]>): Rule {
  const set = (name: unknown) => {
    const elements = known.get(`${rule.family} ${rule.table} ${name}`);
    return elements === undefined ? name : { set: elements };
  };
  const expr = rule.expr?.map((part) => {
    const match = said(part, "match") as { right?: unknown } | undefined;
    if (match !== undefined) return { match: { ...match, right: set(match.right) } };
    const vmap = said(part, "vmap") as { data?: unknown } | undefined;
    return vmap === undefined ? part : { vmap: { ...vmap, data: set(vmap.data) } };
  });
  return expr === undefined ? rule : { ...rule, expr };
}
