/**
 * All that the engine has of a fleet at one moment.
 *
 * @module
 */
import type { Engine, EngineAnswer } from "./engine.ts";
import { EngineError } from "./engine_error.ts";
import { fromEngine, toEngine } from "./engine_text.ts";
import { afterPrefix } from "./entry_keys.ts";

/** An entry, not yet believed. */
export interface FoundEntry {
  readonly key: string;
  readonly value: string;
  /** etcd's lease, after which it goes; "0" for none. */
  readonly lease: string;
  /** Rises with each change of anything. */
  readonly revision: number;
}

/** What was found. */
export interface Listing {
  /** The oldest change first. */
  readonly entries: readonly FoundEntry[];
  /** When that was. */
  readonly revision: number;
}

const PAGE = 500;
/** Entries that are read at most: more is no fleet of ours. */
const MOST_ENTRIES = 100_000;

/** Lists what begins with a prefix; each page may take so many milliseconds. */
export async function listAll(
  engine: Engine,
  prefix: string,
  ms: number,
): Promise<Listing> {
  const entries: FoundEntry[] = [];
  const rangeEnd = toEngine(afterPrefix(prefix));
  let key = toEngine(prefix);
  let revision = 0;
  for (;;) {
    const answer = await engine.call("kv/range", {
      key,
      rangeEnd,
      limit: `${PAGE}`,
      ...(revision === 0 ? {} : { revision: `${revision}` }),
    }, ms);
    revision ||= revisionOf(answer);
    const page: EngineAnswer[] = answer["kvs"] ?? [];
    for (const kv of page) entries.push(...foundEntry(kv));
    if (entries.length > MOST_ENTRIES) {
      throw new EngineError(
        `etcd has more than ${MOST_ENTRIES} entries at ${prefix}`,
        false,
      );
    }
    if (answer["more"] !== true || page.length === 0) break;
    key = behind(page.at(-1)!["key"]);
  }
  return { entries: entries.sort((a, b) => a.revision - b.revision), revision };
}

/** The revision that an answer's header has. */
function revisionOf(answer: EngineAnswer): number {
  const revision = Number(answer["header"]?.revision);
  if (Number.isSafeInteger(revision) && revision > 0) return revision;
  throw new EngineError("etcd's answer has no revision", true);
}

/** An entry of etcd's JSON, if it is text. */
export function foundEntry(kv: EngineAnswer): FoundEntry[] {
  const [key, value] = [fromEngine(kv["key"]), fromEngine(kv["value"] ?? "")];
  if (key === undefined || value === undefined) return [];
  const lease = typeof kv["lease"] === "string" ? kv["lease"] : "0";
  return [{ key, value, lease, revision: Number(kv["mod_revision"]) || 0 }];
}

/** The least key above this one. */
function behind(key: unknown): string {
  const bytes = Uint8Array.fromBase64(`${key}`);
  return Uint8Array.of(...bytes, 0).toBase64();
}
