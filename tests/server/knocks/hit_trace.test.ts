import assert from "node:assert/strict";
import { addressToWords } from "../../../lib/core/address_words.ts";
import { parseAddress } from "../../../lib/core/address.ts";
import { Hit, UDP } from "../../../lib/core/hit.ts";
import { HitTrace } from "../../../lib/server/knocks/hit_trace.ts";
import { Report } from "../../../lib/server/log/report.ts";
import { Tally } from "../../../lib/server/log/tally.ts";
import { memoryLog } from "../log/memory_log.ts";

Deno.test("a line a hit says what came of it, for whoever debugs alone", () => {
  const { logger, lines } = memoryLog("debug");
  const report = new Report(logger, new Tally(() => 0));
  assert.ok(report.isDebugging);
  const trace = new HitTrace(report);
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
  assert.ok(!new Report(memoryLog().logger, new Tally(() => 0)).isDebugging);
});
