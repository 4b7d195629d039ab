import assert from "node:assert/strict";
import { parseTrace } from "../../../lib/doctor/ruleset/trace_text.ts";

const HEADER =
  'iif "eth0" ether saddr 06:97:d3:c6:c2:a1 ip6 saddr fe80::1 ip6 daddr fe80::2 ';

Deno.test("a line of a trace tells the packet, the chain and what it did", () => {
  const where = { id: "1b", family: "inet", table: "knockd", chain: "guard" };
  const says = (rest: string) => parseTrace(`trace id 1b inet knockd guard ${rest}`);

  assert.deepEqual(says(`packet: ${HEADER}tcp sport 9 tcp dport 22 tcp flags == syn `), {
    ...where,
    packet: { source: "fe80::1", port: "22/tcp" },
    dropped: false,
  });
  assert.deepEqual(says("rule tcp dport 22 counter drop (verdict drop)"), {
    ...where,
    rule: "tcp dport 22 counter drop",
    dropped: true,
  });
  assert.deepEqual(says("rule meta nftrace set 1 (verdict continue)"), {
    ...where,
    rule: "meta nftrace set 1",
    dropped: false,
  });
  assert.deepEqual(says("unknown rule handle 7 (verdict drop)"), {
    ...where,
    rule: 7,
    dropped: true,
  });
  assert.deepEqual(says("policy drop "), { ...where, dropped: true });
  assert.deepEqual(says("policy accept "), { ...where, dropped: false });
  assert.deepEqual(says("rule jump late (verdict jump late)"), {
    ...where,
    rule: "jump late",
    dropped: false,
  });
});

Deno.test("what is no trace is passed over", () => {
  for (const line of ["", "add table inet a", "trace id", "trace id zz a b c d"]) {
    assert.equal(parseTrace(line), undefined, line);
  }
});
