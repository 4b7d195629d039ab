/** What changes in the engine, as it happens. */

import { answerOf, type Engine, type EngineAnswer } from "./engine.ts";
import { EngineError, refusedBy } from "./engine_error.ts";
import { eitherOf } from "./engine_signals.ts";
import { fromEngine, objectsIn, toEngine } from "./engine_text.ts";
import type { KeyRange } from "../entry_keys.ts";
import { engineLines } from "./json_lines.ts";
import { type FoundEntry, foundEntry } from "../listing.ts";

export type EngineEvent =
  | { readonly kind: "put"; readonly entry: FoundEntry }
  | { readonly kind: "delete"; readonly key: string; readonly revision: number };

/** How a watch begins. */
export interface WatchStart {
  /** The first revision that it tells of. */
  readonly from: number;
  /** Milliseconds in which etcd is to say that it watches. */
  readonly patience: number;
  /** It has said so. */
  readonly onBegun: () => void;
}

/** Changes of a range of keys from a revision on; ends with an error, or when it is told to. */
export async function* watchAll(
  engine: Pick<Engine, "stream">,
  { first, end }: KeyRange,
  { from, patience, onBegun }: WatchStart,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  // Behind a proxy that keeps answers back a node would be deaf, and seem to be well.
  const over = new AbortController();
  const late = () => over.abort(new DOMException("no answer in time", "TimeoutError"));
  const timer = setTimeout(late, patience);
  try {
    const body = await engine.stream("watch", {
      create_request: {
        key: toEngine(first),
        range_end: toEngine(end),
        start_revision: `${from}`,
      },
    }, eitherOf(signal, over.signal));
    for await (const line of engineLines(body)) {
      if (line.trim() === "") continue;
      const changes = changesIn(line);
      clearTimeout(timer);
      onBegun();
      for (const change of changes) yield* eventsOf(change);
    }
  } finally {
    clearTimeout(timer);
  }
  throw new EngineError("etcd has ended the watch", true);
}

/** The changes that a line tells of, as etcd says them. */
function changesIn(line: string): EngineAnswer[] {
  const { result, error } = answerOf("watch", line);
  if (error !== undefined || !result || result.canceled === true) {
    const message = result?.cancel_reason ?? error?.message ?? "it is not said why";
    throw refusedBy("etcd has ended the watch", { message });
  }
  return objectsIn(result.events);
}

function eventsOf({ type, kv }: EngineAnswer): EngineEvent[] {
  if (type !== "DELETE") {
    return objectsIn([kv]).flatMap(foundEntry).map((entry) => ({ kind: "put", entry }));
  }
  const key = fromEngine(kv?.key);
  const revision = Number(kv?.mod_revision) || 0;
  return key === undefined ? [] : [{ kind: "delete", key, revision }];
}
