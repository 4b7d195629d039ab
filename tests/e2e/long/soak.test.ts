/** All at once, for half a minute; `deno task soak` does it for ten. */
import assert from "node:assert/strict";
import { soak } from "../../attack/soak.ts";

Deno.test("reloads, flaps, kills and knocks at once leave no door open and fill no memory", async () => {
  const { memory, left, leases, faults, code, ...times } = await soak({
    seconds: 30,
    say: () => {},
  });
  const most = Math.max(...memory);
  console.log(`${JSON.stringify(times)}; at most ${most.toFixed(0)} MiB`);
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
  // Half a minute shows no trend, which ten minutes do: a daemon that was started a moment
  // ago grows by what reloads and the flood leave to the collector, 175 to 190 MiB in all.
  assert.ok(memory.length > 0 && most < 260, `${memory.map(Math.round)}`);
});
