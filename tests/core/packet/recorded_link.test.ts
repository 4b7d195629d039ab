import assert from "node:assert/strict";
import fc from "fast-check";
import { NO_IP } from "../../../lib/core/packet/link.ts";
import {
  findRecordedIp,
  isRecordedLinkType,
} from "../../../lib/core/packet/recorded_link.ts";
import { ethernet } from "../frames.ts";
import { join } from "../packets.ts";
import { t4, u6 } from "./rows.ts";

const zeros = (count: number) => new Array<number>(count).fill(0);
/** Each link type with what precedes an IPv4 packet, and an IPv6 packet, in its frames. */
const SNAP = [0xaa, 0xaa, 3, 0, 0, 0];
const DATA = (first: number, second: number, more: number) => [
  ...[first, second, ...zeros(22 + more)],
  ...SNAP,
];
const TYPES = [[8, 0], [0x86, 0xdd]] as const;
const PPP = [[0, 0x21], [0, 0x57]] as const;
const NONE = [[], []] as const;

type Row = [string, number, number[], readonly (readonly number[])[]];
const ROWS: readonly Row[] = [
  ["token ring", 6, [...zeros(14), ...SNAP], TYPES],
  ["token ring, routed", 6, [
    ...zeros(8),
    0x80,
    ...zeros(5),
    4,
    ...zeros(3),
    ...SNAP,
  ], TYPES],
  ["SLIP", 8, zeros(16), NONE],
  ["FDDI", 10, [...zeros(13), ...SNAP], TYPES],
  ["ATM", 11, SNAP, TYPES],
  ["serial PPP", 50, [0xff, 3], PPP],
  ["serial Cisco HDLC", 50, [0x0f, 0], TYPES],
  ["PPPoE", 51, [0x11, 0, 0, 1, 0, 40], PPP],
  ["Cisco HDLC", 104, [0x0f, 0], TYPES],
  ["wifi", 105, DATA(0x08, 0x01, 0), TYPES],
  ["wifi with quality of service", 105, DATA(0x88, 0x02, 2), TYPES],
  ["wifi between access points", 105, DATA(0x88, 0x03, 8), TYPES],
  ["frame relay", 107, [0x18, 0x41, 3], [[0xcc], [0x8e]]],
  ["frame relay, SNAP", 107, [0x18, 0x41, 3, 0, 0x80, 0, 0, 0], TYPES],
  ["ENC", 109, zeros(12), NONE],
  ["PFLOG", 117, [61, ...zeros(63)], NONE],
  ["prism", 119, [
    ...[0, 0, 0, 0x44, 144, 0, 0, 0],
    ...zeros(136),
    ...DATA(8, 2, 0),
  ], TYPES],
  ["prism, really AVS", 119, [
    ...[0x80, 0x21, 0x10, 1, 0, 0, 0, 64],
    ...zeros(56),
    ...DATA(8, 2, 0),
  ], TYPES],
  ["Fibre Channel", 122, [...zeros(16), ...SNAP], TYPES],
  ["SunATM", 123, [...zeros(4), ...SNAP], TYPES],
  ["radiotap", 127, [0, 0, 12, 0, ...zeros(8), ...DATA(0x08, 0x02, 0)], TYPES],
  ["FireWire", 138, zeros(16), TYPES],
  ["pppd", 166, [1, 3], PPP],
  ["PPI around wifi", 192, [0, 0, 8, 0, 105, 0, 0, 0, ...DATA(8, 2, 0)], TYPES],
  ["PPI around Cisco HDLC", 192, [0, 0, 8, 0, 104, 0, 0, 0, 0x0f, 0], TYPES],
  ["PPP with a direction", 204, [0, 0xff, 3], PPP],
  ["MPLS", 219, [0, 1, 0, 64, 0, 2, 1, 64], NONE],
  ["IPNET", 226, zeros(24), NONE],
  ["NFLOG", 239, [2, 0, 0, 0, 5, 0, 10, 0, 65, ...zeros(3), 44, 0, 9, 0], NONE],
  ["InfiniBand", 242, zeros(40), [[8, 0, 0, 0], [0x86, 0xdd, 0, 0]]],
];

Deno.test("IP is found in every link layer that a recording may have", () => {
  for (const [name, linkType, header, types] of ROWS) {
    assert.ok(isRecordedLinkType(linkType), name);
    for (const [i, packet] of [t4(), u6()].entries()) {
      const frame = join(zeros(5), header, [...types[i]!], packet);
      const at = findRecordedIp(linkType, frame, 5, frame.length);
      assert.equal(at, frame.length - packet.length, `${name}, ${packet[0]! >> 4}`);
    }
  }
  const analyzed = join(zeros(4), ethernet(t4()));
  assert.equal(findRecordedIp(240, analyzed, 0, analyzed.length), 18);
});

Deno.test("what is not IP is not taken for it: encrypted, management, ARP, other labels", () => {
  const none = (linkType: number, ...parts: (number[] | Uint8Array)[]) => {
    const frame = join(...parts);
    assert.equal(findRecordedIp(linkType, frame, 0, frame.length), NO_IP);
  };
  none(105, DATA(0x08, 0x41, 0), [8, 0], t4());
  none(105, DATA(0x80, 0, 0), [8, 0], t4());
  none(105, DATA(0x48, 1, 0), [8, 0], t4());
  none(104, [0x0f, 0, 8, 6], t4());
  none(219, [0, 1, 0, 64], t4().subarray(0, 0));
  none(192, [0, 0, 8, 0, 192, 0, 0, 0], t4());
});

Deno.test("whatever the bytes, an offset is within the frame, and nothing is thrown", () => {
  const linkType = fc.constantFrom(...ROWS.map(([, type]) => type));
  fc.assert(fc.property(linkType, fc.uint8Array({ maxLength: 120 }), (type, bytes) => {
    const at = findRecordedIp(type, bytes, 0, bytes.length);
    assert.ok(at === NO_IP || at >= 0 && at < bytes.length);
  }));
});
