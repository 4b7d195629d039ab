/**
 * The entries of a fleet as text. What is read was written by nobody but a node with the
 * fleet's secret, at this very key; everything else is no entry.
 */

import * as v from "valibot";
import { CLIENT_NAME } from "../../config/names.ts";
import { LABEL, MAX_COUNTER } from "../../core/one_time/derive.ts";
import { orUndefined } from "../../core/or_undefined.ts";
import type { EntrySeal } from "./entry_seal.ts";

/** An entry has no more of them. */
export const MAX_CHARACTERS = 64 * 1024;
const YEAR_MS = 31_536_000_000;

const name = v.pipe(v.string(), v.regex(LABEL));
const once = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const wallTime = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const counter = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.maxValue(MAX_COUNTER),
);
const client = v.pipe(v.string(), v.regex(CLIENT_NAME));
const doorName = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
/** With what it follows. */
const listedName = v.pipe(v.string(), v.minLength(1), v.maxLength(266));

const LeaseEntry = v.pipe(
  v.strictObject({
    v: v.literal(1),
    /** Milliseconds from the knock to closing. */
    open_for: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(YEAR_MS)),
    /** The node that was knocked at. */
    by: name,
    client: v.exactOptional(client),
    series: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))),
    counter: v.exactOptional(counter),
    /** Drawn anew for each knock. */
    once,
    /** When, Unix milliseconds by that node's clock. */
    at: wallTime,
  }),
  v.check((entry) => (entry.series === undefined) === (entry.counter === undefined)),
);

const NodeEntry = v.strictObject({
  v: v.literal(1),
  version: v.pipe(v.string(), v.maxLength(64)),
  /** Drawn at each start of the daemon. */
  boot: once,
  /** Doors of groups, and what tells one shape from another. */
  doors: v.pipe(
    v.array(v.strictObject({
      name: listedName,
      group: name,
      shape: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{16}$/)),
    })),
    v.maxLength(256),
    v.readonly(),
  ),
  at: wallTime,
});

const RevokedEntry = v.strictObject({
  v: v.literal(1),
  door: doorName,
  client,
  by: name,
  at: wallTime,
});

/** A door that is open on the nodes of a group. */
export type LeaseEntry = Readonly<v.InferOutput<typeof LeaseEntry>>;
export type NodeEntry = Readonly<v.InferOutput<typeof NodeEntry>>;
/** A client who was shut out everywhere. */
type RevokedEntry = Readonly<v.InferOutput<typeof RevokedEntry>>;

const SCHEMAS = { lease: LeaseEntry, node: NodeEntry, revoked: RevokedEntry };
type Entries = { lease: LeaseEntry; node: NodeEntry; revoked: RevokedEntry };

/** The text of an entry at a key. */
export function formatEntry<K extends keyof Entries>(
  kind: K,
  entry: Entries[K],
  key: string,
  seal: EntrySeal,
): string {
  const body = canonical(kind, entry);
  return `${body.slice(0, -1)},"mac":"${seal.of(key, body)}"}`;
}

/** The entry that a text at a key is, if it is one. */
export function parseEntry<K extends keyof Entries>(
  kind: K,
  text: string,
  key: string,
  seal: EntrySeal,
): Entries[K] | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const [, open, mac = ""] = /^(\{.*),"mac":"([A-Za-z0-9_-]{43})"\}$/s.exec(text) ?? [];
  if (open === undefined || !seal.holds(key, `${open}}`, mac)) return undefined;
  const result = v.safeParse(SCHEMAS[kind], orUndefined(() => JSON.parse(`${open}}`)));
  if (!result.success) return undefined;
  const entry = result.output as Entries[K];
  return canonical(kind, entry) === `${open}}` ? entry : undefined;
}

/** JSON with its keys in the schema's order, and without what is not said. */
function canonical<K extends keyof Entries>(kind: K, entry: Entries[K]): string {
  const { entries } = SCHEMAS[kind] as { entries: Record<string, unknown> };
  const said = entry as Record<string, unknown>;
  const ordered = Object.keys(entries).map((key) => [key, said[key]]);
  return JSON.stringify(Object.fromEntries(ordered));
}
