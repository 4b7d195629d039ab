/** What changes in the engine, as it happens. */

import { answerOf, type Engine } from "./engine.ts";
import { EngineError } from "./engine_error.ts";
import { fromEngine, objectsIn, toEngine } from "./engine_text.ts";
import type { KeyRange } from "../entry_keys.ts";
import { engineLines } from "./json_lines.ts";
import { type FoundEntry, foundEntry } from "../listing.ts";

export type EngineEvent =
  | { readonly kind: "put"; readonly entry: FoundEntry }
  | { readonly kind: "delete"; readonly key: string; readonly revision: number };

/** Changes of a range of keys from a revision on; ends with an error, or when it is told to. */
export async function* watchAll(
  engine: Engine,
  { first, end }: KeyRange,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  const body = await engine.stream("watch", {
    create_request: {
      key: toEngine(first),
      range_end: toEngine(end),
      start_revision: `${from}`,
    },
  }, signal);
  for await (const line of engineLines(body)) {
    if (line.trim() !== "") yield* eventsOf(line);
  }
  throw new EngineError("etcd has ended the watch", true);
}

function eventsOf(line: string): EngineEvent[] {
  const { result, error } = answerOf("watch", line);
  if (error !== undefined || !result || result.canceled === true) {
    const why = result?.cancel_reason ?? error?.message ?? "it is not said why";
    throw new EngineError(`etcd has ended the watch: ${why}`, true);
  }
  return objectsIn(result.events).flatMap(({ type, kv }): EngineEvent[] => {
    if (type !== "DELETE") {
      return objectsIn([kv]).flatMap(foundEntry).map((entry) => ({ kind: "put", entry }));
    }
    const key = fromEngine(kv?.key);
    const revision = Number(kv?.mod_revision) || 0;
    return key === undefined ? [] : [{ kind: "delete", key, revision }];
  });
}
