import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  addressTest,
  formatAddressBlock,
  outermost,
  parseAddressBlock,
} from "../../../lib/core/firewall/address_block.ts";
import {
  formatPortRange,
  mergeRanges,
  parsePortRange,
} from "../../../lib/core/firewall/port_range.ts";
import { tableNameProblem } from "../../../lib/core/firewall/table_name.ts";

const port = fc.integer({ min: 1, max: 65535 });
const range = fc.tuple(port, port, fc.constantFrom("tcp" as const, "udp" as const)).map(
  ([a, b, protocol]) => ({ first: Math.min(a, b), last: Math.max(a, b), protocol }),
);

Deno.test("a range of ports is read back as it was written", () =>
  fc.assert(fc.property(range, (range) => {
    deepEqual(parsePortRange(formatPortRange(range)), range);
  })));

Deno.test("merged ranges have the same ports, in order and apart", () =>
  fc.assert(fc.property(fc.array(range, { maxLength: 12 }), port, (ranges, port) => {
    const merged = mergeRanges(ranges, "tcp");
    const holds = (all: typeof ranges) =>
      all.some(({ first, last, protocol }) =>
        protocol === "tcp" && port >= first && port <= last
      );
    equal(holds(merged), holds(ranges));
    for (const [i, { first }] of merged.entries()) {
      if (i > 0 && first <= merged[i - 1]!.last + 1) throw new Error("they touch");
    }
  })));

Deno.test("what is no port to open is said to be none", () => {
  for (
    const [text, problem] of [
      ["0", "port 0 can't be opened; ports are 1 to 65535"],
      ["70000", "port 70000 is above 65535"],
      ["22:sctp", '"sctp" is not tcp or udp'],
      ["8010-8000", "the range ends below its start"],
      ["-1", '"-1" is not a port number'],
      ["22-", '"" is not a port number'],
      ["22:tcp-23", '"tcp-23" is not tcp or udp'],
      ["ssh", '"ssh" is not a port number; write 22'],
      ["nosuch", '"nosuch" is not a port number'],
      ["22}", '"22}" is not a port number'],
    ] as const
  ) equal(parsePortRange(text), problem);
});

Deno.test("networks are read, and only by their first address", () => {
  for (
    const text of ["192.168.0.0/16", "10.0.0.1", "0.0.0.0/0", "fd00::/8", "::/0", "::1"]
  ) {
    const network = parseAddressBlock(text);
    equal(typeof network === "string" ? network : formatAddressBlock(network), text);
  }
  for (
    const text of ["10.0.0.1/8", "1.2.3.4/33", "fe80::1%lo", "x", "", "1.2.3.4/", "/8"]
  ) {
    equal(typeof parseAddressBlock(text), "string", text);
  }
});

Deno.test("of networks in one another the outermost are left", () => {
  const networks = ["10.1.0.0/16", "10.0.0.0/8", "192.0.2.7", "fd00::/8", "fd00::1"]
    .map(parseAddressBlock).filter((network) => typeof network !== "string");
  deepEqual(outermost(networks, 4).map(formatAddressBlock), ["10.0.0.0/8", "192.0.2.7"]);
  deepEqual(outermost(networks, 6).map(formatAddressBlock), ["fd00::/8"]);
});

Deno.test("a table can't be called what nft would not take for a name", () => {
  for (const name of ["knockd", "a", "_k".slice(1), "Knock_2"]) {
    equal(tableNameProblem(name), undefined);
  }
  for (
    const name of ["", "1ab", "ä", "a b", "drop", "inet", "a;b", "x".repeat(33), "a\n"]
  ) {
    equal(typeof tableNameProblem(name), "string", name);
  }
});

Deno.test("a network takes in the addresses that begin as it does, of its family alone", () => {
  const rows: [string, string[], string[]][] = [
    ["10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], [
      "11.0.0.0",
      "9.255.255.255",
      "::a00:1",
    ]],
    ["192.0.2.7", ["192.0.2.7"], ["192.0.2.8", ""]],
    ["2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db9::", "10.0.0.1"]],
    ["2001:db8::/33", ["2001:db8:7fff::"], ["2001:db8:8000::"]],
    ["2001:0:1::/48", ["2001:0:1::", "2001:0:1::7"], ["2001::1"]],
    ["0.0.0.0/8", ["0.1.2.3"], ["10.0.0.0"]],
    ["::/0", ["::1", "2001:db8::1"], ["192.0.2.7"]],
    ["0.0.0.0/0", ["192.0.2.7"], ["::1"]],
    ["10.0.0.1/8", [], ["10.0.0.1"]],
    ["nobody", [], ["nobody", "::1"]],
  ];
  for (const [network, inside, outside] of rows) {
    const isInside = addressTest(network);
    for (const ip of inside) equal(isInside(ip), true, `${ip} in ${network}`);
    for (const ip of outside) equal(isInside(ip), false, `${ip} not in ${network}`);
  }
});
