import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  formatSequence,
  MAX_SEQUENCE_LENGTH,
  parseKnock,
  parseSequence,
} from "../../lib/core/sequence.ts";

Deno.test("a knock is a port and maybe a protocol", () => {
  const rows: [string, ReturnType<typeof parseKnock>, string][] = [
    ["7000", { port: 7000, protocol: "tcp" }, "TCP unless said otherwise"],
    ["8000:udp", { port: 8000, protocol: "udp" }, "with a protocol"],
    [" 8000 : UDP ", { port: 8000, protocol: "udp" }, "spaces and case don't matter"],
    ["65535:tcp", { port: 65535, protocol: "tcp" }, "the last port"],
    ["0080", { port: 80, protocol: "tcp" }, "leading zeros are decimal"],
    ["0", "port 0 can't be knocked on; ports are 1 to 65535", "port 0"],
    ["65536", "port 65536 is above 65535", "one too many"],
    ["", '"" is not a port number', "nothing"],
    ["-1", '"-1" is not a port number', "negative"],
    [
      "1.5",
      '"1.5" is not a port number; commas stand between ports, as 7000,8000:udp',
      "a fraction",
    ],
    [
      "7000 8000",
      '"7000 8000" is not a port number; commas stand between ports, as 7000,8000:udp',
      "no comma",
    ],
    [
      "7000-7002",
      '"7000-7002" is not a port number; every port of a range is written out',
      "a range",
    ],
    ["0x50", '"0x50" is not a port number', "hexadecimal"],
    ["٣", '"٣" is not a port number', "a digit of another script"],
    ["ssh", '"ssh" is not a port number; write 22', "a service name"],
    ["80:", '"" is not tcp or udp', "a protocol is missing"],
    ["80:sctp", '"sctp" is not tcp or udp', "another protocol"],
    ["80:tcp:udp", '"tcp:udp" is not tcp or udp', "two protocols"],
  ];
  for (const [text, expected, why] of rows) deepEqual(parseKnock(text), expected, why);
});

Deno.test("every wrong part of a sequence is reported with its place", () => {
  deepEqual(parseSequence("7000, x,70000,9000:udp,").problems, [
    { index: 1, offset: 6, message: '"x" is not a port number' },
    { index: 2, offset: 8, message: "port 70000 is above 65535" },
    { index: 4, offset: 23, message: '"" is not a port number' },
  ]);
});

Deno.test("a sequence has at most as many ports as in knockd", () => {
  const ports = (count: number) => Array(count).fill("7000").join(",");
  deepEqual(parseSequence(ports(MAX_SEQUENCE_LENGTH)).problems, []);
  deepEqual(parseSequence(ports(33)).problems, [
    { index: 32, offset: 160, message: "33 ports; there can be 32 at most" },
  ]);
});

Deno.test("a huge sequence is refused in little time and few words", () => {
  const commas = parseSequence(",".repeat(4_000_000));
  equal(commas.problems.length, 33);
  const spaces = parseSequence(`x${" ".repeat(4_000_000)}y`);
  equal(JSON.stringify(spaces.problems).length < 200, true);
  const digits = parseSequence("9".repeat(4_000_000));
  equal(JSON.stringify(digits.problems).length < 200, true);
});

const knock = fc.record({
  port: fc.integer({ min: 1, max: 65535 }),
  protocol: fc.constantFrom("tcp" as const, "udp" as const),
});

Deno.test("parsing a formatted sequence gives the same sequence", () => {
  fc.assert(
    fc.property(fc.array(knock, { minLength: 1, maxLength: 32 }), (sequence) => {
      deepEqual(parseSequence(formatSequence(sequence)), { sequence, problems: [] });
    }),
  );
});

Deno.test("parsing any text as a sequence gives ports or problems", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const { sequence, problems } = parseSequence(text);
    equal(sequence.length + problems.length > 0, true);
    for (const { offset } of problems) equal(offset <= text.length, true);
  }));
});
