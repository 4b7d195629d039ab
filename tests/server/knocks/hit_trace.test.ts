import assert from "node:assert/strict";
import { addressToWords } from "../../../lib/core/address_words.ts";
import { parseAddress } from "../../../lib/core/address.ts";
import { Hit, UDP } from "../../../lib/core/hit.ts";
import { HitTrace } from "../../../lib/server/knocks/hit_trace.ts";
import { Report } from "../../../lib/server/log/report.ts";
import { Tally } from "../../../lib/server/log/tally.ts";
import { door } from "../../core/doors.ts";
import { fill, HOST, ordered, packets, trial } from "../../core/matcher/trial.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";

/** No hit was nearly one of a door's. */
const NOTHING = { whyForeign: () => undefined };
const NO_PACKETS = { isAsked: () => false };

Deno.test("a line a hit says what came of it, for whoever debugs alone", () => {
  const { logger, lines } = memoryLog("debug");
  const report = new Report(logger, new Tally(() => 0));
  assert.ok(report.tellsHits);
  const trace = new HitTrace(report, new FakeSystem(), NOTHING, NO_PACKETS);
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

Deno.test("hits are told of to whoever begins to watch, until nobody does", () => {
  const { logger, lines } = memoryLog("debug");
  let watched = false;
  const report = new Report(logger, new Tally(() => 0), undefined, () => watched);
  const trace = new HitTrace(report, new FakeSystem(), NOTHING, NO_PACKETS);
  const hit = new Hit();
  hit.source.set(addressToWords(parseAddress("192.0.2.1")!));
  const knock = (port: number) => {
    hit.port = port;
    trace.look();
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
  const trace = new HitTrace(
    new Report(logger, new Tally(() => 0)),
    system,
    NOTHING,
    NO_PACKETS,
  );
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

Deno.test("a hit that a door takes with other flags, elsewhere or by the other protocol is told apart", () => {
  const { logger, lines } = memoryLog("debug");
  const report = new Report(logger, new Tally(() => 0));
  const leave = door("leave", "7000,8000", { tcpFlags: { mask: 1, value: 1 } });
  const other = door("other", "7100,8100:udp", { target: parseAddress("10.77.0.99")! });
  const { matcher } = trial([ordered(leave), ordered(other)]);
  const trace = new HitTrace(report, new FakeSystem(), matcher, NO_PACKETS);
  const hit = new Hit();
  const send = (port: number, to = HOST) => {
    fill(hit, { ...packets(`${port}`)[0]!, destination: to });
    trace.tell(hit, matcher.hit(hit));
  };
  send(7000);
  send(7100);
  send(8100, "10.77.0.99");
  send(22);
  trace.refused("other", { kind: "slow", elapsed: 1, allowed: 1 });
  trace.tell(hit, "own");
  assert.deepEqual(lines.map((line) => line.replace(/^\S+: hit on /, "")), [
    "7000: a door's port, but not with the TCP flags that it wants",
    "7100: a door's port, but not at the address that it wants",
    "8100: a door's port, but by the other protocol, so that it counts as a foreign one",
    "22: on no door's port, so that it counts as a foreign one",
    "22: other: complete, but too slow: the hits lie too far apart",
  ]);
});

Deno.test("a hit on a door's port at an address that is not this host's is told of", () => {
  const { logger, lines } = memoryLog("debug");
  const { matcher } = trial([ordered(door("a", "7000,8000"))]);
  const report = new Report(logger, new Tally(() => 0));
  const trace = new HitTrace(report, new FakeSystem(), matcher, NO_PACKETS);
  const hit = new Hit();
  const send = (port: number, to: string) => {
    fill(hit, { ...packets(`${port}`)[0]!, destination: to });
    trace.tell(hit, matcher.hit(hit));
  };
  for (let i = 0; i < 60; i++) send(7000, "192.0.2.7");
  send(22, "192.0.2.7");
  send(8000, HOST);
  assert.equal(lines.length, 51, "what is for others takes no line from what came here");
  assert.deepEqual([lines[0], lines[50]].map((line) => line?.replace(/^.* on /, "")), [
    "7000: a door's port, but at 192.0.2.7, which is no address of this host",
    "8000: a door's port, and no step further",
  ]);
});

Deno.test("a datagram at a port for single packets that is none of a client's is told of as that", () => {
  const { logger, lines } = memoryLog("debug");
  const { matcher } = trial([ordered(door("a", "7000,8000"))]);
  const report = new Report(logger, new Tally(() => 0));
  const packetPort = { isAsked: ({ port }: Hit) => port === 62_201 };
  const trace = new HitTrace(report, new FakeSystem(), matcher, packetPort);
  const hit = new Hit();
  const send = (port: number, to = HOST) => {
    fill(hit, { ...packets(`${port}:udp`)[0]!, destination: to });
    trace.tell(hit, matcher.hit(hit));
  };
  send(62_201);
  send(62_202);
  send(62_201, "192.0.2.7");
  assert.deepEqual(lines.map((line) => line.replace(/^\S+: hit on /, "")), [
    "62201:udp: a port for single packets, but this is none that a client's secret makes " +
    "at about this time",
    "62202:udp: on no door's port",
    "62201:udp: a door's port, but at 192.0.2.7, which is no address of this host",
  ]);
});
