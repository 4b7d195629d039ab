import assert from "node:assert/strict";
import { StageLines } from "../../../lib/server/log/stage_lines.ts";
import { memoryLog } from "./memory_log.ts";

function stages() {
  const { logger, lines } = memoryLog();
  const stages = new StageLines(logger, (ip) => ({ ip, who: `${ip} (alice.example)` }));
  const add = (stage: number) =>
    stages.add({ door: "ssh", ip: "192.0.2.7", client: undefined, stage });
  return { stages, add, lines };
}

Deno.test("stages are said in their order when all that is at hand is done", async () => {
  const { add, lines } = stages();
  add(1);
  add(2);
  assert.deepEqual(lines, []);
  await Promise.resolve();
  assert.deepEqual(lines, [
    "192.0.2.7 (alice.example): ssh: Stage 1",
    "192.0.2.7 (alice.example): ssh: Stage 2",
  ]);
});

Deno.test("whoever has something else to say has the stages said before it, once", async () => {
  const { add, stages: waiting, lines } = stages();
  add(1);
  waiting.flush();
  assert.equal(lines.length, 1);
  add(2);
  await Promise.resolve();
  assert.equal(lines.length, 2);
});
