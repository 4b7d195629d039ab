/** Sets and maps of ports in the place of their names, so that a rule says all itself. */

import type { Machine } from "../machine.ts";
import { parseRuleset, type Rule, type Ruleset, said } from "./ruleset.ts";

interface Named {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: unknown;
  readonly elem?: readonly unknown[];
}

type Entry = { readonly set?: Named; readonly map?: Named };

/** The same rules; who is in a set of addresses is nobody's business here. */
export async function withPorts(
  machine: Pick<Machine, "run">,
  ruleset: Ruleset,
): Promise<Ruleset> {
  const known = new Map<string, readonly unknown[]>();
  for (const entry of ruleset as readonly Entry[]) {
    const named = namedIn(entry);
    if (named?.type !== "inet_service") continue;
    const { family, table, name } = named;
    const elements = named.elem ?? await elementsOf(machine, entry);
    if (elements === undefined) continue;
    known.set(`${family} ${table} @${name}`, elements.map(unwrapped));
  }
  if (known.size === 0) return ruleset;
  return ruleset.map((entry) =>
    entry.rule === undefined ? entry : { ...entry, rule: spelled(entry.rule, known) }
  );
}

function namedIn({ set, map }: Entry): Named | undefined {
  return set ?? map;
}

/** What is in one that was listed without it; `undefined` where that can't be told. */
async function elementsOf(
  { run }: Pick<Machine, "run">,
  entry: Entry,
): Promise<readonly unknown[] | undefined> {
  const kind = entry.set === undefined ? "map" : "set";
  const { family, table, name } = namedIn(entry)!;
  const listed = await run("nft", "-j", "list", kind, family, table, name);
  const shown = parseRuleset(listed?.text ?? "") as readonly Entry[] | undefined;
  const found = shown?.map(namedIn).find((named) => named !== undefined);
  return found && (found.elem ?? []);
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
