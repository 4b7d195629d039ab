import { deepEqual, rejects } from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { toEngine } from "../../../lib/server/fleet/engine/engine_text.ts";
import { FleetEntries } from "../../../lib/server/fleet/fleet_entries.ts";
import type { Honouring } from "../../../lib/server/fleet/honouring.ts";
import { Publisher } from "../../../lib/server/fleet/publisher.ts";
import type { Revocations } from "../../../lib/server/fleet/revocations.ts";
import type { SpentSync } from "../../../lib/server/fleet/spent_sync.ts";
import { FakeSystem } from "../fake_system.ts";
import { KEYS, MemoryEngine, SEAL, SERIES } from "./fleet_lab.ts";

const PLACE = { group: "g", label: "ssh", ip: "192.0.2.7" };
const KEY = KEYS.lease(PLACE);

/** A node whose door is open, which etcd knows. */
async function node() {
  const [engine, system] = [new MemoryEngine(), new FakeSystem()];
  const done: string[] = [];
  const publisher = new Publisher({
    engine,
    keys: KEYS,
    seal: SEAL,
    system,
    published: () => done.push("told"),
    delayed: () => done.push("delayed"),
  });
  const entries = new FleetEntries({
    keys: KEYS,
    publisher,
    honouring: {
      deleted: () => void done.push("closed"),
      listed: () => Promise.resolve(done.push("leases heard")),
    } as unknown as Honouring,
    spent: {
      knows: (series: string) => series === SERIES,
      listed: () => Promise.reject(new Failure("no space")),
    } as unknown as SpentSync,
    revocations: {
      deleted: (series: string) => void done.push(`${series} is revoked`),
      listed: () => Promise.resolve(),
    } as unknown as Revocations,
    onLoss: () => done.push("listed anew"),
  });
  const knock = async () => {
    void publisher.publish(PLACE, { by: "a", once: "0".repeat(32) }, 60_000, () => {});
    await system.advance(0);
  };
  await knock();
  return {
    engine,
    system,
    publisher,
    knock,
    /** Its entry goes from etcd; gives the change that this is. */
    gone: async () => {
      const { header } = await engine.call("kv/deleterange", { key: toEngine(KEY) });
      return Number(header.revision);
    },
    listed: () => entries.listed({ entries: [], revision: 1 }, new Map()),
    heard: (revision: number, key = KEY) =>
      entries.changed({ kind: "delete", key, revision }),
    take: () => done.splice(0),
  };
}

Deno.test("a door that is open anew is not closed because its old entry is gone", async () => {
  const a = await node();
  const before = await a.gone();
  a.engine.faults.push("lost on the way");
  await a.knock();
  a.heard(before);
  deepEqual(a.take(), ["told", "delayed"]);
  await a.system.advance(1000);
  deepEqual(a.take(), ["told"]);
  // etcd's word of it may come later than its answer.
  a.heard(before);
  deepEqual(a.take(), []);
});

Deno.test("a door that was closed after it was told open is closed", async () => {
  const a = await node();
  a.heard(await a.gone());
  deepEqual(a.take(), ["told", "closed"]);
});

Deno.test("a door that was closed before the answer that it is open is looked at anew", async () => {
  const a = await node();
  a.engine.faults.push("lost on the way");
  await a.knock();
  a.heard(1000);
  await a.system.advance(1000);
  deepEqual(a.take(), ["told", "delayed", "told", "listed anew"]);
});

Deno.test("an etcd that has gone back is believed when it has been listed", async () => {
  const a = await node();
  a.publisher.forgetChanges();
  a.heard(1);
  deepEqual(a.take(), ["told", "closed"]);
});

Deno.test("an etcd that takes nothing is heard all the same, and that is a failure", async () => {
  const a = await node();
  await rejects(a.listed(), /no space/);
  deepEqual(a.take(), ["told", "leases heard"]);
});

Deno.test("what is taken away from etcd is missed, where anybody here knows better", async () => {
  const a = await node();
  a.take();
  a.heard(1, KEYS.spent(SERIES));
  a.heard(1, KEYS.spent("f".repeat(32)));
  a.heard(1, KEYS.revoked(SERIES));
  a.heard(1, KEYS.node("b"));
  deepEqual(a.take(), ["listed anew", `${SERIES} is revoked`]);
});
