/** A fleet's engine in memory, as far as the pieces of a node talk to it. */
import { Secret } from "../../../lib/core/secret.ts";
import type { EngineAnswer } from "../../../lib/server/fleet/engine/engine.ts";
import { EngineError } from "../../../lib/server/fleet/engine/engine_error.ts";
import { fromEngine, toEngine } from "../../../lib/server/fleet/engine/engine_text.ts";
import { EntryKeys } from "../../../lib/server/fleet/entry_keys.ts";
import { EntrySeal } from "../../../lib/server/fleet/entry_seal.ts";

export const KEYS = new EntryKeys("test");
export const SEAL = new EntrySeal(new Secret(new Uint8Array(32).fill(1)));
/** The seal of somebody who has another secret. */
export const FORGER = new EntrySeal(new Secret(new Uint8Array(32).fill(2)));
export const SERIES = "0123456789abcdef0123456789abcdef";

/** What goes wrong with a call. */
export type Fault = "lost on the way" | "answer lost";

/** Transactions, puts and deletions on keys and values, and nothing else of etcd's. */
export class MemoryEngine {
  readonly values = new Map<string, string>();
  /** The change that made each value what it is. */
  readonly #changes = new Map<string, number>();
  #revision = 1;
  readonly calls: string[] = [];
  /** Taken one by one by the calls to come. */
  readonly faults: (Fault | undefined)[] = [];
  /** etcd's own idea of how long each lease lasts, seconds. */
  ttl = 60;

  call(path: string, body: unknown): Promise<EngineAnswer> {
    this.calls.push(path);
    const fault = this.faults.shift();
    if (fault === "lost on the way") return Promise.reject(lost());
    const answer = this.#answer(path, body as EngineAnswer);
    return fault === undefined ? Promise.resolve(answer) : Promise.reject(lost());
  }

  #answer(path: string, body: EngineAnswer): EngineAnswer {
    switch (path) {
      case "kv/txn":
        return this.#transact(body);
      case "kv/put":
        this.#put(body);
        return { header: { revision: `${this.#revision}` } };
      case "kv/deleterange":
        this.#revision++;
        return {
          header: { revision: `${this.#revision}` },
          deleted: this.values.delete(fromEngine(body["key"])!) ? "1" : "0",
        };
      case "lease/grant":
        return { ID: "7", TTL: body["TTL"] };
      case "lease/revoke":
        return {};
      case "lease/keepalive":
        return { result: { TTL: "30" } };
      case "lease/timetolive":
        return { TTL: `${this.ttl}` };
      default:
        throw new Error(`no ${path} here`);
    }
  }

  #transact(txn: EngineAnswer): EngineAnswer {
    const succeeded = txn["compare"].every((each: EngineAnswer) => this.#holds(each));
    const steps: EngineAnswer[] = succeeded ? txn["success"] : txn["failure"];
    const responses = steps.map((step) => this.#step(step));
    return { header: { revision: `${this.#revision}` }, succeeded, responses };
  }

  #step(step: EngineAnswer): EngineAnswer {
    if (step["requestPut"]) this.#put(step["requestPut"]);
    if (step["requestTxn"]) return { response_txn: this.#transact(step["requestTxn"]) };
    if (!step["requestRange"]) return {};
    const key = fromEngine(step["requestRange"].key)!;
    const value = this.values.get(key);
    const kvs = value === undefined
      ? []
      : [{ value: toEngine(value), mod_revision: `${this.#changes.get(key) ?? 1}` }];
    return { response_range: { kvs } };
  }

  #holds({ key, target, value, modRevision }: EngineAnswer): boolean {
    const there = this.values.get(fromEngine(key)!);
    if (target === "MOD") {
      const change = there === undefined ? 0 : this.#changes.get(fromEngine(key)!) ?? 1;
      return `${change}` === modRevision;
    }
    if (target === "CREATE") return there === undefined;
    return there !== undefined && there < fromEngine(value)!;
  }

  #put({ key, value }: EngineAnswer): void {
    this.values.set(fromEngine(key)!, fromEngine(value)!);
    this.#changes.set(fromEngine(key)!, ++this.#revision);
  }
}

function lost(): EngineError {
  return new EngineError("no answer in time", true);
}
