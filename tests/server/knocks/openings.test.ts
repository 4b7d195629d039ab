import assert from "node:assert/strict";
import type { Opening } from "../../../lib/core/door.ts";
import { Openings } from "../../../lib/server/knocks/openings.ts";
import { door } from "../../core/doors.ts";
import { knock } from "../leases/leases_world.ts";

const ssh = door("ssh", "7000");

function setUp() {
  const opened: number[] = [];
  const faults: unknown[] = [];
  const openAll = (openings: readonly Opening[]) => {
    opened.push(...openings.map(({ port }) => port));
    if (opened.includes(13)) throw new Error("bad luck");
  };
  const openings = new Openings({ openAll }, (error) => faults.push(error));
  const add = (port: number, parts: Partial<Opening> = {}) =>
    openings.add(knock(ssh, "10.0.0.1", { port, ...parts }));
  return { add, opened, faults };
}

Deno.test("openings of a batch of packets are handed on when it is over, in order", async () => {
  const { add, opened } = setUp();
  for (const port of [1, 2, 3]) add(port);
  assert.deepEqual(opened, []);
  await Promise.resolve();
  assert.deepEqual(opened, [1, 2, 3]);
  add(4);
  await Promise.resolve();
  assert.deepEqual(opened, [1, 2, 3, 4]);
});

Deno.test("an opening that works only once is handed on at once, behind those before it", () => {
  const { add, opened } = setUp();
  add(1);
  add(2, { counter: 7 });
  assert.deepEqual(opened, [1, 2]);
});

Deno.test("a flood of openings is handed on in parts", async () => {
  const { add, opened } = setUp();
  const ports = Array.from({ length: 1000 }, (_, n) => 100 + n);
  for (const port of ports) {
    add(port);
    assert.ok(port - 100 - opened.length < 256);
  }
  await Promise.resolve();
  assert.deepEqual(opened, ports);
});

Deno.test("a fault at one batch of openings is not the next one's", async () => {
  const { add, opened, faults } = setUp();
  for (const port of [1, 13]) add(port);
  await Promise.resolve();
  add(2);
  await Promise.resolve();
  assert.deepEqual(opened, [1, 13, 2]);
  assert.equal(faults.length, 2);
});
