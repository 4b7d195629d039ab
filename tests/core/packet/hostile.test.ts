import fc from "fast-check";
import assert from "node:assert/strict";
import { Hit } from "../../../lib/core/hit.ts";
import { LINK_TYPES, LinkType, parsePacket } from "../../../lib/core/packet/parse.ts";
import { ethernet, frame, ppp, sll, sll2 } from "../frames.ts";
import { type Ip, join, tcp, udp } from "../packets.ts";
import { parse } from "./rows.ts";
import { assertWithin } from "./within.ts";

interface Frame {
  linkType: number;
  bytes: Uint8Array;
}

const addressings: Ip[] = [
  {},
  { options: [1, 1, 1, 1] },
  { moreFragments: true },
  { ipLength: 0 },
  { src: "2001:db8::1" },
  {
    src: "2001:db8::1",
    extensions: [{ type: 0 }, { type: 44 }, { type: 51, length: 4 }],
  },
];
const packets = addressings.flatMap((ip) => [
  tcp({ ...ip, tcpOptions: [2, 4, 5, 0xb4], data: new Uint8Array(5) }),
  udp({ ...ip, data: new Uint8Array(5) }),
]);
const frames: Frame[] = packets.flatMap((packet) => [
  ...[...LINK_TYPES.keys()].map((linkType) => ({
    linkType,
    bytes: frame(linkType, packet),
  })),
  { linkType: LinkType.ETHERNET, bytes: ethernet(packet, [0x88a8, 0x8100]) },
  { linkType: LinkType.LINUX_SLL, bytes: sll(packet, 0, [0x8100]) },
  { linkType: LinkType.LINUX_SLL2, bytes: sll2(packet, 0, [0x8100]) },
  { linkType: LinkType.PPP, bytes: ppp(packet, { addressControl: false }) },
  { linkType: LinkType.PPP, bytes: ppp(packet, { compressed: true }) },
]);

Deno.test("packet parser reads a packet cut anywhere like the whole or not at all", () => {
  for (const whole of frames) {
    const expected = parse(whole.linkType, whole.bytes);
    let hits = 0;
    for (let captured = 0; captured < whole.bytes.length; captured++) {
      const hit = parse(whole.linkType, whole.bytes.slice(0, captured));
      const same = parse(whole.linkType, whole.bytes, captured);
      assert.deepEqual(same, hit, "the buffer's end or the packet's");
      if (hit === undefined) continue;
      // Of a payload there is what was captured.
      const { payloadLength, ...rest } = hit;
      const { payloadLength: most, ...others } = expected!;
      assert.ok(payloadLength <= most);
      assert.deepEqual(rest, others);
      hits++;
    }
    assert.equal(
      hits > 0,
      expected !== undefined,
      "payloads may be cut, headers may not",
    );
  }
});

Deno.test("packet parser takes any bytes for any link type", () => {
  const linkType = fc.oneof(fc.constantFrom(...LINK_TYPES.keys()), fc.nat());
  fc.assert(
    fc.property(linkType, fc.uint8Array({ maxLength: 200 }), (linkType, bytes) => {
      const hit = parse(linkType, bytes);
      if (hit !== undefined) assertWithin(hit, bytes);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("packet parser makes up nothing from damaged packets", () => {
  const damage = fc.array(fc.tuple(fc.nat(150), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  let hits = 0;
  fc.assert(
    fc.property(fc.constantFrom(...frames), damage, fc.nat(150), (whole, damage, cut) => {
      const bytes = whole.bytes.slice(0, Math.max(60, cut));
      for (const [at, byte] of damage) bytes[at % bytes.length] = byte;
      const hit = parse(whole.linkType, bytes);
      if (hit === undefined) return;
      hits++;
      assertWithin(hit, bytes);
    }),
    { numRuns: 5000 },
  );
  assert(hits > 100, "damage that leaves no packet standing shows nothing");
});

Deno.test("packet parser takes offsets and lengths that don't fit the buffer", () => {
  const bytes = join(tcp(), udp());
  const number = fc.oneof(fc.integer(), fc.double(), fc.integer({ min: -100, max: 200 }));
  fc.assert(fc.property(number, number, (offset, captured) => {
    parsePacket(LinkType.RAW, bytes, offset, captured, new Hit());
  }));
});
