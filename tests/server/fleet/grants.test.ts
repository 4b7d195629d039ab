import { deepEqual, equal, rejects } from "node:assert/strict";
import { Grants } from "../../../lib/server/fleet/grants.ts";
import { FakeSystem } from "../fake_system.ts";
import { MemoryEngine } from "./fleet_lab.ts";

function grants() {
  const [engine, system] = [new MemoryEngine(), new FakeSystem()];
  return { engine, system, own: new Grants(engine, system) };
}

Deno.test("a lease that was asked for ahead is taken once, and by whom it fits", async () => {
  const { engine, system, own } = grants();
  own.ahead(60);
  equal(await own.take(60), "7");
  deepEqual(engine.calls, ["lease/grant"]);
  await own.take(60);
  deepEqual(engine.calls, ["lease/grant", "lease/grant"]);
  own.ahead(60);
  await own.take(30);
  equal(engine.calls.length, 4);
  await system.advance(500);
  equal(engine.calls.at(-1), "lease/revoke");
});

Deno.test("a lease that waited would end too early: it is given back", async () => {
  const { engine, system, own } = grants();
  own.ahead(60);
  await system.advance(500);
  await own.take(60);
  deepEqual(engine.calls, ["lease/grant", "lease/revoke", "lease/grant"]);
});

Deno.test("what could not be had ahead is asked for again by who tries again", async () => {
  const { engine, system, own } = grants();
  engine.faults.push("lost on the way", "lost on the way");
  own.ahead(60);
  await rejects(own.take(60), /no answer/);
  equal(await own.take(60).catch(() => "lost"), "lost");
  equal(await own.take(60), "7");
  own.ahead(60);
  own.close();
  await system.advance(1000);
  equal(engine.calls.includes("lease/revoke"), false, "and who leaves asks nothing more");
});

Deno.test("no more leases are asked for than knocks may wait for the engine", () => {
  const { engine, own } = grants();
  for (let i = 0; i < 1000; i++) own.ahead(60);
  equal(engine.calls.length, 64);
});
