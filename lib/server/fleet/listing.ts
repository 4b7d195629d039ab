/** All that the engine has of a fleet at one moment. */

import { ANSWER_MS, type Engine, type EngineAnswer } from "./engine/engine.ts";
import { EngineError, NoAnswer } from "./engine/engine_error.ts";
import { fromEngine, objectsIn, toEngine } from "./engine/engine_text.ts";
import { MAX_CHARACTERS } from "./entry.ts";
import { afterPrefix, type EntryKeys } from "./entry_keys.ts";
import { LongAnswer } from "./engine/json_lines.ts";

/** An entry, not yet believed. */
export interface FoundEntry {
  readonly key: string;
  readonly value: string;
  /** etcd's lease, after which it goes; "0" for none. */
  readonly lease: string;
  /** Rises with each change of anything. */
  readonly revision: number;
}

export interface Listing {
  /** The oldest change first. */
  readonly entries: readonly FoundEntry[];
  /** When that was. */
  readonly revision: number;
}

/** Keys in the first page, and in the largest. */
const [FIRST_PAGE, PAGE] = [8, 500];
/** Keys, entries and characters of them that are read at most: more is no fleet of ours. */
const [MOST_KEYS, MOST_ENTRIES, MOST_CHARACTERS] = [1_000_000, 100_000, 64 * 1024 ** 2];

interface Page {
  readonly found: readonly FoundEntry[];
  /** How many keys it went through. */
  readonly keys: number;
  /** Where the next one begins; nothing after the last. */
  readonly next: string | undefined;
  readonly revision: number;
}

/**
 * Lists what begins with a prefix, and is an entry by its key; each page may take so many
 * milliseconds.
 */
export async function listAll(
  engine: Pick<Engine, "call">,
  keys: EntryKeys,
  ms = ANSWER_MS,
): Promise<Listing> {
  const entries: FoundEntry[] = [];
  let [revision, seen, size] = [0, 0, 0];
  for await (const page of pagesOf(engine, keys.prefix, ms)) {
    revision ||= page.revision;
    seen += page.keys;
    for (const entry of page.found.filter(({ key }) => keys.parse(key) !== undefined)) {
      entries.push(entry);
      size += entry.key.length + entry.value.length;
    }
    if (seen > MOST_KEYS || entries.length > MOST_ENTRIES || size > MOST_CHARACTERS) {
      throw new EngineError(`etcd has more at ${keys.prefix} than a fleet has`, false);
    }
  }
  return { entries: entries.sort((a, b) => a.revision - b.revision), revision };
}

/** Pages as they were at the first one's revision: smaller ones where values are large. */
async function* pagesOf(
  engine: Pick<Engine, "call">,
  prefix: string,
  ms: number,
): AsyncGenerator<Page> {
  const rangeEnd = toEngine(afterPrefix(prefix));
  let [key, limit, revision]: [string | undefined, number, number] = [
    toEngine(prefix),
    FIRST_PAGE,
    0,
  ];
  while (key !== undefined) {
    const at = revision === 0 ? {} : { revision: `${revision}` };
    const page = await pageOf(engine, { key, rangeEnd, ...at }, limit, ms);
    if (page === undefined) {
      limit = limit > FIRST_PAGE ? FIRST_PAGE : Math.floor(limit / 2);
      continue;
    }
    yield page;
    [key, limit] = [page.next, Math.min(PAGE, 2 * limit || 1)];
    revision ||= page.revision;
  }
}

/**
 * One page, or nothing if an answer can't be so long, or is so long that it does not even
 * begin in time; with no limit left, a key alone.
 */
async function pageOf(
  engine: Pick<Engine, "call">,
  range: EngineAnswer,
  limit: number,
  ms: number,
): Promise<Page | undefined> {
  const size = limit === 0 ? { limit: "1", keysOnly: true } : { limit: `${limit}` };
  let answer: EngineAnswer;
  try {
    answer = await engine.call("kv/range", { ...range, ...size }, ms);
  } catch (error) {
    if (error instanceof LongAnswer && limit > 0) return undefined;
    if (error instanceof NoAnswer && limit > FIRST_PAGE) return undefined;
    throw error;
  }
  const kvs = objectsIn(answer["kvs"]);
  const isLast = answer["more"] !== true || kvs.length === 0;
  return {
    found: kvs.flatMap(foundEntry),
    keys: kvs.length,
    next: isLast ? undefined : behind(kvs.at(-1)!["key"]),
    revision: revisionOf(answer),
  };
}

/** The revision that an answer's header has. */
export function revisionOf(answer: EngineAnswer): number {
  const revision = Number(answer["header"]?.revision);
  if (Number.isSafeInteger(revision) && revision > 0) return revision;
  throw new EngineError("etcd's answer has no revision", true);
}

/** An entry of etcd's JSON, if it is text. */
export function foundEntry(kv: EngineAnswer): FoundEntry[] {
  const [key, value] = [fromEngine(kv["key"]), fromEngine(kv["value"] ?? "")];
  if (key === undefined || value === undefined) return [];
  const lease = typeof kv["lease"] === "string" ? kv["lease"] : "0";
  // What is longer than any entry is none, whatever it says.
  const said = value.length > MAX_CHARACTERS ? "" : value;
  return [{ key, value: said, lease, revision: Number(kv["mod_revision"]) || 0 }];
}

/** The least key above this one. */
function behind(key: unknown): string {
  const bytes = bytesOf(key);
  return Uint8Array.of(...bytes, 0).toBase64();
}

function bytesOf(key: unknown): Uint8Array {
  try {
    return Uint8Array.fromBase64(`${key}`);
  } catch {
    throw new EngineError("etcd's answer has a key that is none", true);
  }
}
