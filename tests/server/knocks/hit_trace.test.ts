import assert from "node:assert/strict";
import { addressToWords } from "../../../lib/core/address_words.ts";
import { parseAddress } from "../../../lib/core/address.ts";
import { Hit, UDP } from "../../../lib/core/hit.ts";
import { HitTrace } from "../../../lib/server/knocks/hit_trace.ts";
import { Report } from "../../../lib/server/log/report.ts";
import { Tally } from "../../../lib/server/log/tally.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";

Deno.test("a line a hit says what came of it, for whoever debugs alone", () => {
  const { logger, lines } = memoryLog("debug");
  const report = new Report(logger, new Tally(() => 0));
  assert.ok(report.tellsHits);
  const trace = new HitTrace(report, new FakeSystem());
  const hit = new Hit();
  hit.source.set(addressToWords(parseAddress("192.0.2.1")!));
  hit.port = 7000;
  trace.note("ssh", "port 1");
  trace.tell(hit, "own");
  trace.tell(hit, "copy");
  trace.tell(hit, "elsewhere");
  hit.protocol = UDP;
  trace.tell(hit, "own");
  assert.deepEqual(lines, [
    "192.0.2.1: hit on 7000: ssh: port 1",
    "192.0.2.1: hit on 7000: a copy of a packet that came before",
    "192.0.2.1: hit on 7000:udp: a door's port, and no step further",
  ]);
  assert.ok(!new Report(memoryLog().logger, new Tally(() => 0)).tellsHits);
});

Deno.test("hits are told of to who begins to watch, until nobody does", () => {
  const { logger, lines } = memoryLog("debug");
  let watched = false;
  const report = new Report(logger, new Tally(() => 0), undefined, () => watched);
  const trace = new HitTrace(report, new FakeSystem());
  const hit = new Hit();
  hit.source.set(addressToWords(parseAddress("192.0.2.1")!));
  const knock = (port: number) => {
    hit.port = port;
    trace.note("ssh", "complete");
    trace.tell(hit, "own");
  };
  knock(1000);
  watched = true;
  knock(2000);
  watched = false;
  knock(3000);
  assert.deepEqual(lines, ["192.0.2.1: hit on 2000: ssh: complete"]);
});

Deno.test("of a flood of hits fifty a second are told of, and how many more there were", async () => {
  const { logger, lines, records } = memoryLog("debug");
  const system = new FakeSystem();
  const trace = new HitTrace(new Report(logger, new Tally(() => 0)), system);
  const hit = new Hit();
  for (let i = 0; i < 1000; i++) trace.tell(hit, "stranger");
  assert.equal(lines.length, 50);
  await system.advance(1000);
  assert.equal(lines.at(-1), "hit: … 950 more suppressed");
  assert.equal(records.at(-1)!.level, "debug");
  trace.tell(hit, "stranger");
  assert.equal(lines.length, 52);
  trace.close();
});
