import assert from "node:assert/strict";
import { webClock } from "../../lib/doctor/web_clock.ts";

const says = (date: string) => () => Promise.resolve(new Headers({ date }));
const fails = (why: string) => () =>
  Promise.reject(new TypeError("fetch failed", { cause: new Error(`connect: ${why}`) }));

Deno.test("a clock is right or wrong by a web server's Date", async () => {
  const server = says("Thu, 26 Nov 2026 08:00:00 GMT");
  const at = (time: string) => () => Date.parse(time);
  const right = await webClock("http://h", server, at("2026-11-26T08:00:29Z"));
  assert.equal(right.state, "well");
  const wrong = await webClock("http://h", server, at("2026-11-26T09:00:00Z"));
  assert.equal(wrong.state, "ill");
  assert.match(wrong.says, /^3600 s ahead of/);
});

Deno.test("why a web server gave no answer is said, and what to do about it", async () => {
  const refused = await webClock("http://h", fails("Connection refused (os error 111)"));
  assert.equal(refused.says, "http://h gave no answer: Connection refused");
  const over = await webClock("https://h", fails("certificate has expired"));
  assert.equal(over.state, "unknown");
  assert.match(over.fix ?? "", /by http:/);
});

Deno.test("a clock is asked for at a web server's address, and nowhere else", async () => {
  for (const url of ["ftp://h", "example.org", "", "http://", "file:///etc/passwd"]) {
    await assert.rejects(webClock(url, says("")), /is no web server's address/, url);
  }
});
