import assert from "node:assert/strict";
import type { Opening } from "../../../lib/core/door.ts";
import { parseAddress } from "../../../lib/core/address.ts";
import { hostName } from "../../../lib/core/host_name.ts";
import { HostNames } from "../../../lib/server/log/host_names.ts";
import { Report } from "../../../lib/server/log/report.ts";
import { Tally } from "../../../lib/server/log/tally.ts";
import { door } from "../../core/doors.ts";
import { memoryLog } from "./memory_log.ts";

Deno.test("a record that looks like an address, or is no name, is not shown", () => {
  const rows: [record: string, shown: string | undefined][] = [
    ["host.example.", "host.example"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["ec2-203-0-113-7.example.", "ec2-203-0-113-7.example"],
    ["203.0.113.7", undefined],
    ["203.0.113.7.", undefined],
    ["2001:db8::1", undefined],
    ["127.1", undefined],
    ["0x7f.0x1", undefined],
    ["host.7", undefined],
    ["3405803783", undefined],
    ["a b.example", undefined],
    ["a\n[2026-11-22 08:00] 203.0.113.7: ssh: OPEN SESAME", undefined],
    ["\x1b[2J.example", undefined],
    ["host.example) 203.0.113.7", undefined],
    ["bücher.example", undefined],
    ["", undefined],
    [".", undefined],
    [`${"a".repeat(64)}.example`, undefined],
    [`${"a.".repeat(130)}example`, undefined],
  ];
  for (const [record, shown] of rows) assert.equal(hostName(record), shown, record);
});

Deno.test("a name is asked for once a door is open, and stands beside the address", async () => {
  const asked: string[] = [];
  const names = new HostNames((name) => {
    asked.push(name);
    return Promise.resolve(["alice.example."]);
  });
  const { logger, lines } = memoryLog();
  const report = new Report(logger, new Tally(() => 0), names);
  const opening = {
    door: door("ssh", "1"),
    address: parseAddress("192.0.2.7")!,
    port: 1,
  };
  report.refused({ door: "ssh", ip: "192.0.2.7", reason: "fault", why: "why" });
  assert.deepEqual(asked, [], "a refusal asks nobody");
  report.open(opening as Opening);
  assert.deepEqual(asked, ["7.2.0.192.in-addr.arpa"]);
  await Promise.resolve();
  await Promise.resolve();
  report.open(opening as Opening);
  assert.equal(asked.length, 1);
  assert.deepEqual(lines, [
    "192.0.2.7: ssh: refused: why",
    "192.0.2.7: ssh: OPEN SESAME",
    "192.0.2.7 (alice.example): ssh: OPEN SESAME",
  ]);
});

Deno.test("an IPv6 address is asked for by its digits, and a silent DNS changes nothing", async () => {
  const asked: string[] = [];
  const names = new HostNames((name) => {
    asked.push(name);
    return Promise.reject(new Error("no answer"));
  });
  await names.ask("2001:db8::1");
  assert.deepEqual(asked, [
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
  ]);
  assert.equal(names.nameOf("2001:db8::1"), undefined);
});
