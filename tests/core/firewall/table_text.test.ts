import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { anyText } from "../../any_text.ts";
import { parseAddress } from "../../../lib/core/address.ts";
import {
  closeSteps,
  flushSteps,
  openSteps,
} from "../../../lib/core/firewall/element_steps.ts";
import { liveText, stepsText } from "../../../lib/core/firewall/element_text.ts";
import { doorMark, numberDoors } from "../../../lib/core/firewall/guarded_door.ts";
import { guardedSessions } from "../../../lib/core/firewall/session.ts";
import { tableText } from "../../../lib/core/firewall/table_text.ts";
import { opening } from "./doors.ts";

const OWNER = "0123456789abcdef0123456789abcdef";

Deno.test("the table of doors of every kind", async (t) => {
  const doors = [
    opening("ssh", "22", { allow: ["192.168.0.0/16", "192.168.7.0/24", "fd00::/8"] }),
    opening("web", "443, 8000-8010", { connections: 1 }),
    opening("mixed", "2222, 5353:udp, 22"),
    opening("inner", "80", { target: "172.17.0.2" }),
    opening("inner6", "80", { target: "fd00::2", connections: 1 }),
  ];
  await t.assertSnapshot(tableText("knockd", OWNER, numberDoors(doors, [])));
});

Deno.test("a hostile name gets nothing into the table but a number", () =>
  fc.assert(
    fc.property(anyText({ maxLength: 300 }), (name) => {
      const plain = tableText("knockd", OWNER, numberDoors([opening("a", "22")], []));
      const text = tableText("knockd", OWNER, numberDoors([opening(name, "22")], []));
      const comments = /comment "[0-9a-f]{32}"/g;
      equal(text.replaceAll(comments, ""), plain.replaceAll(comments, ""));
      equal(text.match(comments)?.length, 4);
    }),
    { numRuns: 30 },
  ));

Deno.test("every line of the table is one command of a known form", () => {
  const doors = [opening("a", "22"), opening("b", "53:udp", { target: "10.0.0.1" })];
  const lines = tableText("t", OWNER, numberDoors(doors, [])).trimEnd().split("\n");
  for (const line of lines) {
    ok(
      /^(add (table|set|chain|rule)|flush chain) inet t( [\w.:@{}()&|!=<>,; "-]+)?$/.test(
        line,
      ),
      line,
    );
  }
});

Deno.test("no set of the rules has a range in it, which would open while it is made anew", () => {
  const doors = [
    opening("a", "1, 3, 5, 7, 9, 8000-8010:udp", { allow: ["10.0.0.0/8", "10.9.9.9"] }),
    opening("b", "80-90", { target: "10.0.0.1", allow: ["fd00::/8", "10.1.1.1"] }),
  ];
  const sets = tableText("t", OWNER, numberDoors(doors, [])).split("\n")
    .filter((line) => line.startsWith("add rule")).flatMap((line) =>
      line.match(/\{.*?\}/g) ?? []
    );
  ok(sets.length > 0);
  for (const set of sets) ok(!/[-/]/.test(set), set);
});

Deno.test("a few ports have a rule each, for a thousand sets would take long to load", () => {
  const rulesOf = (ports: string) =>
    tableText("t", OWNER, numberDoors([opening("a", ports)], [])).split("\n")
      .filter((line) => line.startsWith("add rule inet t guard ") && / drop$/.test(line));
  deepEqual(
    rulesOf("1,3,5,7"),
    [1, 3, 5, 7].map((port) => `add rule inet t guard tcp dport ${port} drop`),
  );
  deepEqual(rulesOf("1,3,5,7,9"), [
    "add rule inet t guard tcp dport { 1, 3, 5, 7, 9 } drop",
  ]);
});

Deno.test("sessions that were there before go on, whatever door they are behind", () => {
  const doors = [opening("a", "22", { target: "10.0.0.1" }), opening("b", "22")];
  const lines = tableText("t", OWNER, numberDoors(doors, [])).split("\n");
  for (const chain of ["guard", "guard_in"]) {
    const rules = lines.filter((line) => line.startsWith(`add rule inet t ${chain} `));
    const lastLive = rules.findLastIndex((rule) => rule.includes("@live_"));
    ok(
      lastLive > 0 && lastLive < rules.findIndex((rule) => rule.endsWith(" drop")),
      chain,
    );
  }
});

Deno.test("whoever may pass a door of all addresses may at one that has a door of its own", () => {
  const doors = [
    opening("a", "22", { target: "10.0.0.1" }),
    opening("b", "20-30", { allow: ["fd00::/8"] }),
    opening("c", "80"),
    opening("d", "443", { target: "10.0.0.1" }),
  ];
  const lines = tableText("t", OWNER, numberDoors(doors, [])).split("\n");
  const aimed = (chain: string) =>
    lines.filter((line) =>
      line.startsWith(`add rule inet t ${chain} `) && line.includes("daddr 10.0.0.1")
    ).map((line) => line.replace(`add rule inet t ${chain} `, ""));
  const here = "fib daddr type 2-5 ";
  const [a, b, d, ...drops] = [
    "ip daddr 10.0.0.1 tcp dport 22 ip saddr @d0_4 accept",
    "ip daddr 10.0.0.1 tcp dport 20-30 ip saddr @d1_4 accept",
    "ip daddr 10.0.0.1 tcp dport 443 ip saddr @d3_4 accept",
    "ip daddr 10.0.0.1 tcp dport 22 drop",
    "ip daddr 10.0.0.1 tcp dport 443 drop",
  ];
  deepEqual(aimed("guard"), [a, d, here + b, ...drops]);
  deepEqual(aimed("guard_in"), [a, d, b, ...drops]);
  deepEqual(aimed("guard_forward"), [a, d, ...drops]);
});

Deno.test("a door keeps its sets while what they open is the same", () => {
  const [a, b, c] = [opening("a", "22"), opening("b", "80"), opening("c", "90")];
  const known = [[3, b], [0, a]].map(([number, door]) => ({
    number: number as number,
    comment: doorMark(door as typeof a),
  }));
  const numbers = (doors: (typeof a)[]) =>
    numberDoors(doors, known).map(({ door, number }) => [door.name, number]);
  deepEqual(numbers([b, a]), [["b", 3], ["a", 0]]);
  deepEqual(numbers([c, b]), [["c", 1], ["b", 3]]);
  // Number 0 has a's elements until it is deleted: nobody else gets it before.
  deepEqual(numbers([c, opening("a", "23")]), [["c", 1], ["a", 2]]);
});

Deno.test("whatever a door's elements open is part of its mark", () => {
  const base = opening("a", "22");
  for (
    const other of [
      opening("b", "22"),
      opening("a", "23"),
      opening("a", "22:udp"),
      opening("a", "22", { target: "10.0.0.1" }),
      opening("a", "22", { allow: ["10.0.0.0/8"] }),
      opening("a", "22", { connections: 1 }),
    ]
  ) notEqual(doorMark(other), doorMark(base));
  equal(doorMark(opening("a", "22", { parts: { cmdTimeout: 99 } })), doorMark(base));
});

Deno.test("a timeout is never for ever and never beyond what the kernel keeps", () => {
  const place = { table: "t", number: 4, address: parseAddress("1.2.3.4")! };
  for (
    const [ms, text] of [
      [0, "1s"],
      [-5, "1s"],
      [999.2, "1s"],
      [1500, "1500ms"],
      [30_000, "30s"],
      [30_000.4, "30001ms"],
      [1e15, "4294944000s"],
    ] as const
  ) {
    ok(
      stepsText(openSteps([{ place, ms }])).endsWith(`{ 1.2.3.4 timeout ${text} }\n`),
      text,
    );
  }
});

Deno.test("opening renews, and closing needs nothing to be open", () => {
  const place = { table: "t", number: 4, address: parseAddress("::ffff:1.2.3.4")! };
  const close =
    "add element inet t d4_4 { 1.2.3.4 }\ndelete element inet t d4_4 { 1.2.3.4 }\n";
  equal(stepsText(closeSteps([place])), close);
  equal(
    stepsText(openSteps([{ place, ms: 2500 }])),
    close + "add element inet t d4_4 { 1.2.3.4 timeout 2500ms }\n",
  );
});

Deno.test("sets are emptied without naming who is in them", () => {
  equal(
    stepsText(flushSteps("t", ["d4_4", "d4_6"])),
    "flush set inet t d4_4\nflush set inet t d4_6\n",
  );
});

const TCP4 = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt
   0: 0100420A:0016 0200420A:97A0 01 00000000:00000000 02:000A tr
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:0000 tr
   2: 0100420A:0016 0300420A:97A1 06 00000000:00000000 03:0000 tr
   3: 0100420A:01BB 0200420A:97A0 01 00000000:00000000 02:000A tr
   4: 0100420A:0016 0400420A:97A2 03 00000000:00000000 01:0000 tr
`;
const TCP6 =
  `  sl  local_address                         remote_address                        st
   0: 0000000000000000FFFF00000100420A:0016 0000000000000000FFFF00000500420A:97A0 08 0:0
   1: B80D0120000000000000000001000000:0016 B80D0120000000000000000002000000:97A0 01 0:0
`;

Deno.test("sessions on guarded ports are named, those of both files by their family", () => {
  const { ports } = opening("ssh", "22, 443:udp").kernel;
  const sessions = [...guardedSessions(TCP4, ports), ...guardedSessions(TCP6, ports)];
  equal(
    liveText("t", sessions),
    "add element inet t live_4 { 10.66.0.2 . 38816 . 10.66.0.1 . 22 timeout 5d }\n" +
      "add element inet t live_4 { 10.66.0.5 . 38816 . 10.66.0.1 . 22 timeout 5d }\n" +
      "add element inet t live_6 { 2001:db8::2 . 38816 . 2001:db8::1 . 22 timeout 5d }\n",
  );
});
