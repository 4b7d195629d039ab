/** One-time knocks over bad wires; `deno task lossy` sends hundreds. */
import assert from "node:assert/strict";
import { lossy } from "../attack/lossy.ts";

Deno.test("knocks get through where packets are lost, late, doubled and overtaken", async () => {
  const wires = { loss: 0.1, jitter: 20, double: 0.05, seed: 1 };
  const report = await lossy({ knocks: 32, ...wires });
  const { took } = report;
  console.log(
    `${report.opened} of ${report.knocks} opened, median ${
      took[took.length >> 1]?.toFixed(0)
    } ms, worst ${took.at(-1)?.toFixed(0)} ms; ${report.wires.join(" ")}`,
  );
  // Of hundreds, more than 99 in 100 open: of these, all but one in the worst case.
  assert.ok(report.opened >= report.knocks - 1, `${report.opened}`);
});
