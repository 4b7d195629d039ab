/** knock.toml: text to options and doors, with everything that is wrong on the way. */

import { parse, TomlError } from "smol-toml";
import { safeParse } from "valibot";
import type { Door } from "../../core/door.ts";
import type { Draft, SyntaxProblem } from "../draft.ts";
import type { DoorFindingName } from "../finding_names.ts";
import type { Finding, Path } from "../problems.ts";
import type { TomlContext } from "./context.ts";
import { configSchema, type RawConfig } from "./schema.ts";
import { readDoor } from "./door.ts";
import { readFleet } from "./fleet.ts";
import { readIgnoredAdvice } from "./ignore_advice.ts";
import { readOptions } from "./options.ts";
import { valueHint } from "./misplaced.ts";
import { isTable, shapeFindings } from "./shape.ts";
import { repeatedHint, syntaxHint } from "./syntax_hint.ts";

/** Inline tables and arrays in one another; a config needs three levels. */
const MAX_DEPTH = 16;
/** Nobody sees a slip in a longer line, and to look for one would take long. */
const LONGEST_LINE = 1000;

/** Reads a config; `configPath` is its own path, for the relative ones in it. */
export function readToml(text: string, configPath: string): Draft | SyntaxProblem {
  const parsed = parseToml(text);
  if ("message" in parsed) return parsed;
  const { raw } = parsed;
  const findings = schemaFindings(raw);
  const broken = new Set(findings.map(({ path }) => JSON.stringify(wholeValue(path))));
  for (const { path } of findings) remove(raw, wholeValue(path));
  const config = raw as RawConfig;
  let secretAt: Path | undefined;
  const context: TomlContext = {
    configPath,
    isBroken: (path) => broken.size > 0 && broken.has(JSON.stringify(path)),
    holdsSecret: (path) => secretAt ??= path,
    report: (finding) => findings.push(finding),
  };
  const options = readOptions(config.options ?? {}, context);
  const fleet = config.fleet && readFleet(config.fleet, context);
  const doors: Door[] = [];
  const ignoredAdvice = new Map<string, readonly DoorFindingName[]>();
  for (const [name, table] of Object.entries(config.doors ?? {})) {
    const ignored = readIgnoredAdvice(name, table.ignore_advice ?? [], context);
    if (ignored.length > 0) ignoredAdvice.set(name, ignored);
    const door = readDoor(name, table, context);
    if (door !== undefined) doors.push(door);
  }
  return {
    options,
    ...(fleet && { fleet }),
    doors,
    ignoredAdvice,
    findings,
    secretAt,
    has: (path) => valueAt(raw, path) !== undefined,
    locator: async (findings) => {
      const { tomlLocator } = await import("./position.ts");
      return tomlLocator(text, findings);
    },
  };
}

function parseToml(text: string): { readonly raw: unknown } | SyntaxProblem {
  try {
    const rules = { useLegacyDate: false, maxDepth: MAX_DEPTH } as const;
    return { raw: parse(text, { ...rules, unsafeKeyBehaviour: "throw" }) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    const [first = ""] = error.message.split("\n");
    const message = first.replace(/^Invalid TOML document: /, "this is not TOML: ");
    return { line, column, message, ...hintFor(text, error) };
  }
}

function hintFor(text: string, { line, message }: TomlError): { hint?: string } {
  const lines = text.split("\n").slice(0, line)
    .map((each) => each.length > LONGEST_LINE ? "" : each);
  const wrong = lines[line - 1] ?? "";
  const repeated = repeatedHint(message, wrong);
  if (repeated.hint !== undefined) return repeated;
  // What is not closed is noticed further down, at the end at the latest.
  return /end of structure/.test(message)
    ? syntaxHint(message, lastBrace(lines) ?? wrong)
    : syntaxHint(message, wrong);
}

/** The last of these lines where a table in braces begins and does not end. */
function lastBrace(lines: readonly string[]): string | undefined {
  return lines.findLast((each) => /=\s*\{[^}]*$/.test(each));
}

/** Wrong tables and keys; then wrong values, but for those within wrong tables. */
function schemaFindings(raw: unknown): Finding[] {
  const findings = [...shapeFindings(configSchema, raw)];
  const known = new Set(findings.map((finding) => JSON.stringify(finding.path)));
  for (
    const issue of safeParse(configSchema, raw, { abortPipeEarly: true }).issues ?? []
  ) {
    if (issue.type === "strict_object" || issue.type === "record") continue;
    const element = issue.issues?.find((sub) => sub.path !== undefined);
    const path = [...issue.path ?? [], ...element?.path ?? []].map((item) =>
      item.key as string | number
    );
    if (path.some((_, i) => known.has(JSON.stringify(path.slice(0, i + 1))))) continue;
    const message = element?.message ?? issue.message;
    const hint = valueHint(valueAt(raw, path), message);
    findings.push({ severity: "error", path, message, ...hint });
  }
  return findings;
}

/** An array with a wrong element is wrong as a whole. */
function wholeValue(path: Path): Path {
  const index = path.findIndex((part) => typeof part === "number");
  return index < 0 ? path : path.slice(0, index);
}

function remove(raw: unknown, path: Path): void {
  const parent = valueAt(raw, path.slice(0, -1));
  if (isTable(parent)) delete parent[path.at(-1) ?? ""];
}

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const part of path) value = isTable(value) ? value[part] : undefined;
  return value;
}
