import assert from "node:assert/strict";
import { Turns } from "../../../lib/server/commands/turns.ts";
import { FakeSystem } from "../fake_system.ts";

const IP = "192.0.2.7";

Deno.test("a turn that ends before it comes keeps its place, and nobody waiting", async () => {
  const system = new FakeSystem();
  const turns = new Turns(system);
  const begun: string[] = [];
  const [first, second, third] = ["a", "b", "c"].map((door) => {
    const turn = turns.take(IP, door);
    turn.whenCome(() => begun.push(door));
    return turn;
  });
  second!.end();
  await system.advance(1000);
  assert.deepEqual(begun, ["a"]);
  first!.end();
  assert.deepEqual(begun, ["a", "b", "c"]);
  third!.end();
  // Nothing is left of the address.
  turns.take(IP, "d").whenCome(() => begun.push("d"));
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
});
