/** All at once, for half a minute; `deno task soak` does it for ten. */
import assert from "node:assert/strict";
import { medianOf } from "../../attack/attack.ts";
import { soak } from "../../attack/soak.ts";

Deno.test("reloads, flaps, kills and knocks at once leave no door open and fill no memory", async () => {
  const { memory, left, leases, faults, code, ...times } = await soak({
    seconds: 30,
    say: () => {},
  });
  const [first, last] = [medianOf(memory, 0, 0.5), medianOf(memory, 0.5, 1)];
  console.log(
    `${JSON.stringify(times)}; ${first.toFixed(0)} MiB, then ${last.toFixed(0)}`,
  );
  assert.deepEqual({ left, leases, faults, code }, {
    left: [],
    leases: 0,
    faults: [],
    code: 0,
  });
  assert.ok(times.kills > 2 && times.met > 0 && times.flaps > 2 && times.opened > 10);
  assert.ok(last < first + 15, `${memory.map(Math.round)}`);
});
