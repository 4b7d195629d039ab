import assert from "node:assert/strict";
import { ReplayProgress } from "../../../lib/cli/actions/replay_progress.ts";

Deno.test("a replay's progress is said after a second, five times a second, and taken away", () => {
  const shown: string[] = [];
  const progress = new ReplayProgress(1000, (line) => void shown.push(line), 0);
  progress.clear();
  progress.advance(1, 100, 999);
  progress.advance(2, 500, 1000);
  progress.advance(3, 600, 1199);
  progress.advance(4, 750, 1200);
  progress.clear();
  progress.clear();
  assert.deepEqual(shown, [
    "[###############---------------] 50 %, 2 packets",
    "[######################--------] 75 %, 4 packets",
    "",
  ]);
});

Deno.test("a replay's progress fits in a line, whatever the file says of itself", () => {
  const line = (packets: number, bytes: number, total?: number) => {
    let shown = "";
    const progress = new ReplayProgress(total, (text) => void (shown = text), 0);
    progress.advance(packets, bytes, 1000);
    return shown;
  };
  assert.equal(line(7, 100), "7 packets");
  assert.equal(line(7, 100, 0), "7 packets");
  assert.match(line(7, 2000, 1000), /^\[#{30}\] 100 %, 7 packets$/);
  assert.ok(line(1e12, 1e15, 2e15).length < 80);
});
