/**
 * The firewall's rules, read from nft. What iptables' own matches ask, of a connection's
 * state or of several ports, is in its text alone: as JSON they have a name, and no more.
 */

import type { Machine, Said } from "../machine.ts";
import { withPorts } from "./named_sets.ts";
import { iptablesOwn, parseRuleset, type Rule, type Ruleset } from "./ruleset.ts";

/** The rules; a code that is not 0 where nft can't read them, `undefined` without nft. */
export async function listedRuleset(
  machine: Pick<Machine, "run">,
): Promise<{ readonly ruleset: Ruleset | undefined } | undefined> {
  const listed = await tersely(machine, "-j", "list", "ruleset");
  if (listed === undefined) return undefined;
  const ruleset = listed.code === 0 ? parseRuleset(listed.text) : undefined;
  return {
    ruleset: ruleset && await translated(machine, await withPorts(machine, ruleset)),
  };
}

/**
 * What nft shows, without what is in sets: those of a country's networks take many seconds.
 * An nft that can't leave it out refuses the option.
 */
async function tersely(
  { run }: Pick<Machine, "run">,
  ...what: readonly string[]
): Promise<Said | undefined> {
  const said = await run("nft", "-t", ...what);
  return said === undefined || said.code === 0 ? said : await run("nft", ...what);
}

/** The same rules, what iptables asks in them in nft's own words. */
async function translated(
  machine: Pick<Machine, "run">,
  ruleset: Ruleset,
): Promise<Ruleset> {
  const texts = new Map<string, ReadonlyMap<number, string>>();
  for (const { rule } of ruleset) {
    const table = rule && `${rule.family} ${rule.table}`;
    if (!rule?.expr?.some(isOpaque) || texts.has(table!)) continue;
    const listed = await tersely(machine, "-a", "list", "table", rule.family, rule.table);
    texts.set(table!, linesByHandle(listed?.text ?? ""));
  }
  return ruleset.map((entry) => {
    const lines = entry.rule && texts.get(`${entry.rule.family} ${entry.rule.table}`);
    return lines === undefined ? entry : { ...entry, rule: inWords(entry.rule!, lines) };
  });
}

/** The lines of a table's rules, by their handles. */
function linesByHandle(text: string): ReadonlyMap<number, string> {
  const lines = text.matchAll(/^(.*) # handle (\d+)$/gm);
  return new Map(Array.from(lines, ([, line, handle]) => [Number(handle), line!]));
}

function isOpaque(part: unknown): boolean {
  return readerOf(part) !== undefined;
}

/** Finds in a rule's line what a match of iptables' asks. */
type Reader = (line: string) => object | undefined;

function readerOf(part: unknown): Reader | undefined {
  const { type, name = "" } = iptablesOwn(part);
  if (type !== "match") return undefined;
  if (name === "multiport") return portsIn;
  return /^(conntrack|state)$/.test(name) ? stateIn : undefined;
}

/** The rule with its line's words, where each can be nobody else's. */
function inWords(rule: Rule, lines: ReadonlyMap<number, string>): Rule {
  const { expr = [], handle } = rule;
  const line = lines.get(handle ?? -1) ?? "";
  return {
    ...rule,
    expr: expr.map((part) => {
      const reader = readerOf(part);
      const isOnly = expr.filter((other) => readerOf(other) === reader).length === 1;
      const match = isOnly ? reader?.(line) : undefined;
      return match === undefined ? part : { match };
    }),
  };
}

/** The state, where the line says nothing else of the connection. */
function stateIn(line: string): object | undefined {
  const [first = "", ...more] = line.match(/\bct \w+ .*?(?=ct |$)/g) ?? [];
  const [, not, states] = /^ct state (! |!= )?([a-z,]+) /.exec(first) ?? [];
  if (states === undefined || more.length > 0) return undefined;
  const op = not === undefined ? "in" : "!=";
  return { op, left: { ct: { key: "state" } }, right: states.split(",") };
}

const PORTS = /\b(tcp|udp) dport (!= )?(?:\{ ([\d, -]+) \}|(\d+(?:-\d+)?)) /;

/** The ports that a packet is for, where the line names no others. */
function portsIn(line: string): object | undefined {
  const [, protocol, not, several, one] = PORTS.exec(line) ?? [];
  const listed = several ?? one;
  if (listed === undefined || line.match(/\b[sd]port\b/g)?.length !== 1) return undefined;
  const set = listed.split(", ").map((port) => {
    const range = port.split("-").map(Number);
    return range.length === 1 ? range[0] : { range };
  });
  const left = { payload: { protocol, field: "dport" } };
  return { op: not === undefined ? "==" : "!=", left, right: { set } };
}
