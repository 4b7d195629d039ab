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
  // How often is the machine's to say.
  for (const [what, count] of Object.entries(times)) {
    if (what !== "met") assert.ok(count > 0, `${what}: ${JSON.stringify(times)}`);
  }
  // A daemon that was started a moment ago grows by what the flood needs, once.
  assert.ok(last < first + 45, `${memory.map(Math.round)}`);
});
