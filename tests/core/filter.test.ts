import assert from "node:assert/strict";
import type { Knock } from "../../lib/core/door.ts";
import { captureFilter } from "../../lib/core/filter.ts";
import { LINK_TYPES, LinkType } from "../../lib/core/packet/parse.ts";
import { door } from "./doors.ts";

const ethernet = { linkType: LinkType.ETHERNET };
const raw = { linkType: LinkType.RAW };
const ssh = door("ssh", "7000,8000:udp");

function flagged(count: number) {
  return Array.from(
    { length: count },
    (_, i) => door(`door${i}`, "1", { tcpFlags: { mask: 0xff, value: i } }),
  );
}

function ports(count: number): Knock[] {
  return Array.from({ length: count }, (_, i) => ({ port: i + 1, protocol: "udp" }));
}

Deno.test("capture filter is readable", () => {
  assert.equal(
    captureFilter([ssh], [], { ...raw, ipv4Only: true }),
    "(ip and ip[6:2] & 0x1fff = 0 and " +
      "((ip[9] = 17) or (ip[9] = 6 and (tcp[13] & 18 = 2))))",
  );
});

Deno.test("capture filter does not grow with the number of doors", () => {
  const doors = Array.from({ length: 500 }, (_, i) => door(`door${i}`, `${i + 1},2`));
  for (const linkType of LINK_TYPES.keys()) {
    assert.equal(
      captureFilter(doors, [], { linkType }),
      captureFilter([ssh], [], { linkType }),
    );
  }
});

Deno.test("capture filter names each kind of TCP flags once, up to a bound", () => {
  const clauses = (count: number) =>
    captureFilter([...flagged(count), ...flagged(count)], [], raw).split("tcp[13]")
      .length - 1;
  assert.equal(clauses(1), 1);
  assert.equal(clauses(8), 8);
  assert.equal(clauses(9), 0, "all TCP then");
});

Deno.test("capture filter lets all TCP through for a door without flags", () => {
  const all = door("all", "1,2", { tcpFlags: { mask: 0, value: 0 } });
  const filter = captureFilter([ssh, all], [], raw);
  assert(!filter.includes("tcp[13]") && !filter.includes("ip6[53]"));
  assert(filter.includes("ip[9] = 6") && filter.includes("ip6[6] = 6"));
});

Deno.test("capture filter leaves TCP out without doors", () => {
  const filter = captureFilter([], [], raw);
  assert(!/ip\[9\] = 6\b|ip6\[6\] = 6\b/.test(filter));
  assert(filter.includes("ip[9] = 17") && filter.includes("ip6[6] = 17"));
});

Deno.test("capture filter spells ignored ports out up to a bound", () => {
  const filter = captureFilter([ssh], ports(32), raw);
  assert(filter.includes(`udp[2:2] = 32`));
  assert(filter.includes(`ip6[42:2] = 32`));
  assert.equal(
    captureFilter([ssh], ports(33), raw),
    captureFilter([ssh], [], raw),
    "parsing leaves them out then",
  );
});

Deno.test("capture filter leaves IPv6 out where it is not wanted", () => {
  assert(captureFilter([ssh], ports(1), ethernet).includes("ip6"));
  const filter = captureFilter([ssh], ports(1), { ...ethernet, ipv4Only: true });
  assert(!filter.includes("ip6"));
  assert(filter.includes("ether proto 0x8100"), "a tag may hold IPv4");
});

Deno.test("capture filter asks for VLAN tags where the link type has them", () => {
  const tagged = [...LINK_TYPES.keys()].filter((linkType) =>
    captureFilter([ssh], [], { linkType }).includes("ether proto 0x88a8")
  );
  assert.deepEqual(tagged, [
    LinkType.ETHERNET,
    LinkType.LINUX_SLL,
    LinkType.LINUX_SLL2,
  ]);
});

Deno.test("the filter lets packets through to a port that takes them, ignored or not", () => {
  const otp = { length: 5, lo: 10_000, hi: 59_999, period: 30, window: 1, lookAhead: 10 };
  const key = {
    kind: "otp",
    otp: { ...otp, protocol: "tcp", mode: "totp", bindSource: false, packet: 443 },
    clients: [],
  } as const;
  const filter = captureFilter([{ ...ssh, key }], [
    { port: 443, protocol: "udp" },
    { port: 443, protocol: "tcp" },
    { port: 53, protocol: "udp" },
  ], raw);
  assert(filter.includes("udp[2:2] = 53"));
  assert(!filter.includes("udp[2:2] = 443"));
  assert(filter.includes("tcp[2:2] = 443"));
});
