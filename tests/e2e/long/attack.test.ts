/** Random and mutated packets at full speed; `deno task attack` does it for ten minutes. */
import assert from "node:assert/strict";
import { attack, medianOf } from "../../attack/attack.ts";

Deno.test("mutated packets at full speed open nothing, stop nothing and fill no memory", async () => {
  const report = await attack({
    seconds: 20,
    frames: 40_000,
    seed: 1,
    rest: 0,
    say: () => {},
  });
  const { memory, ...rest } = report;
  const [warm, last] = [medianOf(memory, 0.3, 0.6), medianOf(memory, 0.7, 1)];
  const line = `${rest.heard} packets heard, ${rest.dropped} lost, ${rest.cpu} CPU s; ` +
    `${rest.opened} of ${rest.knocks} knocks; ` +
    `${warm.toFixed(0)} MiB, then ${last.toFixed(0)}; ${rest.logLines} log lines`;
  console.log(line);
  assert.deepEqual(rest.strangers, []);
  assert.deepEqual(rest.faults, []);
  assert.equal(rest.code, 0);
  assert.ok(rest.heard > 50_000, `${rest.heard} packets`);
  assert.ok(rest.knocks >= 10, `${rest.knocks} knocks`);
  // A busy machine may have no time for every packet, of a knock as of anything else.
  const least = rest.dropped === 0 ? rest.knocks : rest.knocks * 0.9;
  assert.ok(rest.opened >= least, line);
  assert.ok(last < warm + 25, `${memory.map(Math.round)}`);
});
