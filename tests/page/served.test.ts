import assert from "node:assert/strict";
import { checkClock } from "../../lib/page/served.js";
import { inPlaceOf } from "./in_place_of.ts";

/** How many seconds a page finds its clock off, whose server dates its answer so. */
async function foundOff(dated: number, age?: string): Promise<number | undefined> {
  const date = new Date(Date.now() + dated * 1000).toUTCString();
  const headers = { date, ...age === undefined ? {} : { age } };
  const answer = () => Promise.resolve(new Response(null, { headers }));
  const location = { protocol: "https:", pathname: "/" };
  using _fetch = inPlaceOf(globalThis, "fetch", answer);
  using _location = inPlaceOf(globalThis, "location", location);
  let found: number | undefined;
  await checkClock((seconds: number) => found = seconds);
  return found === undefined ? undefined : Math.round(found / 10) * 10;
}

Deno.test("the page says how far its clock is from the server's", async () => {
  assert.equal(await foundOff(0), undefined);
  assert.equal(await foundOff(3600), 3600);
  assert.equal(await foundOff(-90), 90);
});

Deno.test("an answer that a cache has kept for an hour makes no clock wrong", async () => {
  assert.equal(await foundOff(-3600, "3600"), undefined);
  assert.equal(await foundOff(0, "3600"), undefined);
  assert.equal(await foundOff(-4600, "3600"), 1000);
  assert.equal(await foundOff(-90, "?"), 90);
});
