/** What a node does with all that it finds in its fleet's engine. */
import assert from "node:assert/strict";
import type { EngineAnswer } from "../../../lib/server/fleet/engine/engine.ts";
import { EngineError, NoAnswer } from "../../../lib/server/fleet/engine/engine_error.ts";
import { fromEngine, toEngine } from "../../../lib/server/fleet/engine/engine_text.ts";
import { LongAnswer } from "../../../lib/server/fleet/engine/json_lines.ts";
import { listAll } from "../../../lib/server/fleet/listing.ts";
import { KEYS, SERIES } from "./fleet_lab.ts";

/** An engine with these values, whose answers have so many characters at most. */
class Shelf {
  readonly #values: [string, string][];
  readonly #most: number;
  calls = 0;
  late = 0;

  constructor(values: Iterable<[string, string]>, most = Infinity) {
    this.#values = [...values].sort(([a], [b]) => a < b ? -1 : 1);
    this.#most = most;
  }

  call(_: string, { key, limit, keysOnly }: EngineAnswer): Promise<EngineAnswer> {
    this.calls++;
    const first = fromEngine(key)!;
    const from = this.#values.filter(([key]) => key >= first);
    const kvs = from.slice(0, Number(limit)).map(([key, value]) => {
      return { key: toEngine(key), value: keysOnly ? "" : toEngine(value) };
    });
    const length = kvs.reduce((sum, { value }) => sum + value.length, 0);
    if (length > 10 * this.#most) {
      this.late++;
      return Promise.reject(new NoAnswer("no answer in time", true));
    }
    if (length > this.#most) return Promise.reject(new LongAnswer("too long", false));
    const more = from.length > kvs.length;
    return Promise.resolve({ header: { revision: "3" }, kvs, more });
  }
}

const series = (i: number) => i.toString(16).padStart(32, "0");

Deno.test("large values make pages smaller, and hide none of the others", async () => {
  const values = new Map<string, string>();
  for (let i = 0; i < 600; i++) {
    values.set(KEYS.spent(series(i)), "x".repeat(i % 100 === 7 ? 900 : 10));
  }
  // This one is longer than any answer.
  values.set(KEYS.revoked(SERIES), "x".repeat(5000));
  const shelf = new Shelf(values, 2000);
  const { entries } = await listAll(shelf, KEYS, 1000);
  assert.equal(entries.length, 601);
  assert.equal(entries.find(({ key }) => key === KEYS.revoked(SERIES))?.value, "");
  assert.equal(entries.filter(({ value }) => value.length === 900).length, 6);
  assert.ok(shelf.calls < 120, `${shelf.calls} calls`);
});

Deno.test("values too large for an answer in time hide none of the others", async () => {
  const values = new Map<string, string>();
  for (let i = 0; i < 1000; i++) {
    values.set(KEYS.spent(series(i)), "x".repeat(i < 600 ? 1 : 900));
  }
  const shelf = new Shelf(values, 2000);
  const { entries } = await listAll(shelf, KEYS, 1000);
  assert.equal(entries.length, 1000);
  assert.ok(shelf.late < 4, `${shelf.late} late answers`);
});

Deno.test("an engine that is away is asked for one page", async () => {
  const shelf = new Shelf([[KEYS.spent(SERIES), "x"]], 0);
  await assert.rejects(listAll(shelf, KEYS, 1000), NoAnswer);
  assert.equal(shelf.calls, 1);
});

Deno.test("another program's keys under the prefix are not kept", async () => {
  const foreign = [
    "lease/",
    "lease/g/ssh/1.2.3.4/5",
    "spent/x",
    "node/a b",
    "\u{10ffff}",
  ];
  const values = foreign.map((key): [string, string] => [KEYS.prefix + key, "x"]);
  const own = KEYS.spent(SERIES);
  const { entries } = await listAll(new Shelf([...values, [own, "y"]]), KEYS, 1000);
  assert.deepEqual(entries.map(({ key }) => key), [own]);
});

Deno.test("a value longer than any entry is not kept, and is none", async () => {
  const shelf = new Shelf([[KEYS.spent(SERIES), "x".repeat(100_000)]]);
  const { entries } = await listAll(shelf, KEYS, 1000);
  assert.deepEqual(entries.map(({ value }) => value), [""]);
});

Deno.test("an engine that never comes to an end is no fleet", async () => {
  const kvs = Array.from({ length: 500 }, () => {
    return { key: toEngine(KEYS.spent(SERIES)), value: "" };
  });
  const endless = {
    call: () => Promise.resolve({ header: { revision: "1" }, kvs, more: true }),
  };
  await assert.rejects(listAll(endless, KEYS, 1000), EngineError);
});

Deno.test("an engine whose single key is too long is refused", async () => {
  const call = () => Promise.reject(new LongAnswer("too long", false));
  await assert.rejects(listAll({ call }, KEYS, 1000), LongAnswer);
});

Deno.test("all pages are of one moment, and what was changed first comes first", async () => {
  const moments: (string | undefined)[] = [];
  const page = (key: string, change: string, more: boolean) => ({
    header: { revision: more ? "8" : "9" },
    kvs: [{ key: toEngine(key), value: "", mod_revision: change }],
    more,
  });
  const engine = {
    call: (_: string, { revision }: EngineAnswer): Promise<EngineAnswer> => {
      moments.push(revision);
      const isFirst = moments.length === 1;
      return Promise.resolve(
        isFirst
          ? page(KEYS.spent(series(1)), "7", true)
          : page(KEYS.spent(series(2)), "5", false),
      );
    },
  };
  const { entries, revision } = await listAll(engine, KEYS, 1000);
  assert.deepEqual(moments, [undefined, "8"]);
  assert.equal(revision, 8);
  assert.deepEqual(
    entries.map(({ key }) => key),
    [2, 1].map((i) => KEYS.spent(series(i))),
  );
});

Deno.test("neither more entries nor larger ones than a fleet has are kept", async () => {
  for (const [size, count] of [[0, 500], [64 * 1024, 60]] as const) {
    const value = toEngine("x".repeat(size));
    let calls = 0;
    const engine = {
      call: (): Promise<EngineAnswer> => {
        const kvs = Array.from({ length: count }, (_, i) => ({
          key: toEngine(KEYS.spent(series(count * calls + i))),
          value,
        }));
        calls++;
        return Promise.resolve({ header: { revision: "3" }, kvs, more: calls < 300 });
      },
    };
    await assert.rejects(listAll(engine, KEYS, 1000), /more at .* than a fleet has/);
  }
});
