import { deepEqual, equal, notEqual } from "node:assert/strict";
import type { Door } from "../../../lib/core/door.ts";
import { formatEntry, parseEntry } from "../../../lib/server/fleet/entry.ts";
import { FleetDoors } from "../../../lib/server/fleet/fleet_doors.ts";
import { Presence } from "../../../lib/server/fleet/presence.ts";
import { load, SECRET } from "../../config/files.ts";
import { FakeSystem } from "../fake_system.ts";
import { KEYS, MemoryEngine, SEAL } from "./fleet_lab.ts";

const KEY = KEYS.node("a");

function node(engine = new MemoryEngine(), all: readonly Door[] = []) {
  const system = new FakeSystem();
  const rivals: number[] = [];
  const presence = new Presence({
    engine,
    keys: KEYS,
    seal: SEAL,
    system,
    node: "a",
    doors: new FleetDoors(() => all),
    onRival: () => rivals.push(system.monotonic()),
  });
  const there = () => parseEntry("node", engine.values.get(KEY) ?? "", KEY, SEAL);
  const beat = async () => {
    const before = engine.calls.length;
    await presence.beat(1000);
    await system.advance(10_000);
    return engine.calls.slice(before);
  };
  return { engine, system, rivals, there, beat };
}

Deno.test("a node says that it is there in two requests, with its clock of now", async () => {
  const a = node();
  deepEqual(await a.beat(), ["lease/grant", "kv/txn"]);
  const first = a.there()!;
  deepEqual(await a.beat(), ["lease/keepalive", "kv/txn"]);
  equal(a.there()!.at - first.at, 10_000);
  equal(a.there()!.boot, first.boot);
});

Deno.test("a door that follows another is not named as if it were the same", async () => {
  const { config } = await load(`[doors.ssh]\nopen = 22\nsequence = "1,2,3"`);
  const ssh = { ...config!.doors[0]!, fleet: { group: "g", alone: "shut" } as const };
  const follower: Door = { ...ssh, key: { kind: "fleet", follow: "ssh" } };
  const a = node(new MemoryEngine(), [ssh, follower]);
  await a.beat();
  const names = a.there()!.doors.map(({ name }) => name);
  deepEqual(names, ["ssh", "ssh (follows ssh)"]);
});

Deno.test("a client with another secret makes a door of another shape", async () => {
  const shapeWith = async (...clients: readonly (readonly [string, string])[]) => {
    const lines = clients.map(([name, secret]) => `clients.${name}.secret = "${secret}"`);
    const { config } = await load(
      ["[doors.ssh]", "open = 22", 'otp.mode = "hotp"', ...lines].join("\n"),
    );
    const ssh = { ...config!.doors[0]!, fleet: { group: "g", alone: "shut" } as const };
    const a = node(new MemoryEngine(), [ssh]);
    await a.beat();
    return a.there()!.doors[0]!.shape;
  };
  const other = SECRET.replace("JBSW", "KBSW");
  const another = SECRET.replace("JBSW", "LBSW");
  const shape = await shapeWith(["alice", SECRET], ["bob", other]);
  equal(await shapeWith(["bob", other], ["alice", SECRET]), shape);
  notEqual(await shapeWith(["alice", SECRET], ["bob", another]), shape);
});

Deno.test("an entry that was taken away, or whose answer was lost, is said anew", async () => {
  const a = node();
  await a.beat();
  a.engine.values.delete(KEY);
  deepEqual(await a.beat(), ["lease/keepalive", "kv/txn", "kv/txn"]);
  equal(a.there() !== undefined, true);
  a.engine.faults.push(undefined, "answer lost");
  equal(await a.beat().then(() => "well", () => "lost"), "lost");
  await a.beat();
  deepEqual(await a.beat(), ["lease/keepalive", "kv/txn"]);
  deepEqual(a.rivals, []);
});

Deno.test("an entry that can't be said anew is not kept alive as it was", async () => {
  const a = node();
  await a.beat();
  a.engine.faults.push(undefined, "lost on the way");
  equal(await a.beat().then(() => "well", () => "lost"), "lost");
  deepEqual(await a.beat(), ["lease/grant", "kv/txn"]);
});

Deno.test("a node of the same name is left alone, and told of once a dead one's time is over", async () => {
  const a = node();
  const other = { v: 1, version: "1", boot: "b".repeat(32), doors: [], at: 0 } as const;
  const value = formatEntry("node", other, KEY, SEAL);
  a.engine.values.set(KEY, value);
  for (let beats = 0; beats < 5; beats++) await a.beat();
  deepEqual([a.rivals, a.engine.values.get(KEY)], [[], value]);
  await a.beat();
  equal(a.rivals.length, 1);
  a.engine.values.delete(KEY);
  await a.beat();
  equal(a.there() !== undefined, true);
});
