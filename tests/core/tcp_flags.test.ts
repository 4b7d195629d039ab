import { deepEqual, equal, match } from "node:assert/strict";
import fc from "fast-check";
import {
  formatTcpFlags,
  mergeTcpFlags,
  parseTcpFlags,
} from "../../lib/core/tcp_flags.ts";

const flags = fc.tuple(fc.nat(255), fc.nat(255))
  .map(([mask, value]) => ({ mask, value: mask & value }));

Deno.test("TCP flags are read as knockd writes them", () => {
  const rows: [string, { mask: number; value: number }, string][] = [
    ["syn", { mask: 0x02, value: 0x02 }, "SYN alone says nothing of ACK: SYN+ACK counts"],
    ["syn,!ack", { mask: 0x12, value: 0x02 }, "the first packet of a connection"],
    ["SYN,!Ack", { mask: 0x12, value: 0x02 }, "knockd takes any case"],
    [" syn , ! ack ", { mask: 0x12, value: 0x02 }, "spaces are harmless"],
    ["fin,!ack", { mask: 0x11, value: 0x01 }, "example 3 of knockd(1)"],
    ["syn,syn", { mask: 0x02, value: 0x02 }, "said twice is no contradiction"],
    ["", { mask: 0, value: 0 }, "no flag: every packet counts"],
    ["!fin,!syn,!rst,!psh,!ack,!urg,!ece,!cwr", { mask: 0xff, value: 0 }, "all clear"],
  ];
  for (const [text, expected, why] of rows) deepEqual(parseTcpFlags(text), expected, why);
});

Deno.test("TCP flags that are none are named in the error", () => {
  const rows: [string, RegExp, string][] = [
    ["syn,akc", /^"akc" is not a TCP flag; the flags are fin, syn/, "a typing error"],
    ["syn,", /^"" is not a TCP flag/, "an empty part"],
    ["constructor", /^"constructor" is not a TCP flag/, "a name that objects have"],
    ["!!syn", /^"!syn" is not a TCP flag/, "negated twice"],
    ["syn,!syn", /^syn can't be both set and clear$/, "no packet could match"],
    ["!ack,ack", /^ack can't be both set and clear$/, "the other way round"],
  ];
  for (const [text, expected, why] of rows) {
    match(`${parseTcpFlags(text)}`, expected, why);
  }
  const long = parseTcpFlags("x".repeat(100_000));
  equal(typeof long === "string" && long.length < 200, true, "a huge part is cut");
});

Deno.test("parsing formatted TCP flags gives the same flags", () => {
  fc.assert(fc.property(flags, (any) => {
    deepEqual(parseTcpFlags(formatTcpFlags(any)), any);
  }));
});

Deno.test("parsing any text as TCP flags gives flags or a message", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const parsed = parseTcpFlags(text);
    if (typeof parsed !== "string") equal(parsed.value & ~parsed.mask, 0);
  }));
});

Deno.test("merged TCP flags match what both match, unless they contradict", () => {
  fc.assert(fc.property(flags, flags, fc.nat(255), (earlier, later, packet) => {
    const matches = (any: { mask: number; value: number }) =>
      (packet & any.mask) === any.value;
    const merged = mergeTcpFlags(earlier, later);
    const common = earlier.mask & later.mask;
    if ((earlier.value & common) === (later.value & common)) {
      equal(matches(merged), matches(earlier) && matches(later));
    } else if (matches(merged)) equal(matches(later), true);
  }));
});
