/** One-time knocks over bad wires; `deno task lossy` sends hundreds. */
import assert from "node:assert/strict";
import { lossy, WORST } from "../../attack/lossy.ts";
import { withKernel } from "../../lab/kernel_feature.ts";

/** What netem does, how many knocks go through that, and why every one has to open. */
const WIRES: readonly [netem: string, knocks: number, why: string][] = [
  ["delay 50ms 30ms", 3, "what is late is waited for"],
  ["duplicate 50%", 3, "a copy is no hit of its own"],
  ["delay 30ms reorder 50%", 3, "a rotating door takes its ports in any order"],
  ["loss 10%", 4, "what was lost is sent again"],
  [WORST, 12, "all of these hold together"],
];

Deno.test("knocks get through where packets are lost, late, doubled and overtaken", (t) =>
  withKernel(t, "netem", async () => {
    const reports = await lossy(WIRES.map(([netem, knocks]) => ({ netem, knocks })));
    for (const [i, { took, ...report }] of reports.entries()) {
      const [netem, knocks, why] = WIRES[i]!;
      const story = `${JSON.stringify(report)}, worst ${took.at(-1)?.toFixed(0)} ms`;
      console.log(story);
      assert.equal(report.opened, knocks, `${why}: ${story}`);
      assert.equal(report.dropped > 0, netem.includes("loss"), story);
    }
  }));
