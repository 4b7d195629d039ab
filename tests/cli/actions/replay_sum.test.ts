import assert from "node:assert/strict";
import { sumLines } from "../../../lib/cli/actions/replay_sum.ts";

const NONE = { packets: 2, hits: 1, seconds: 0, opened: 0, refused: 0, scans: [] };

Deno.test("the sum of a recording does not say more of its sources than was counted", () => {
  const said = (sources: number) => sumLines({ ...NONE, sources })[0];
  assert.equal(said(1), "2 packets in 0.0 s; 1 could be a hit, from 1 source");
  assert.match(said(99_999)!, /, from 99999 sources$/);
  assert.match(said(100_000)!, /, from 100000 sources or more$/);
});
