/** Packets of every link type, and the batches of records that libpcap hands over. */
import assert from "node:assert/strict";
import { readRecords } from "../../../ffi/pcap/savefile.ts";
import { isIpv4 } from "../../../lib/core/address_words.ts";
import { Hit } from "../../../lib/core/hit.ts";
import { LINK_TYPES, parsePacket } from "../../../lib/core/packet/parse.ts";
import { ethernet, frame, savefile } from "../../core/frames.ts";
import { assertWithin } from "../../core/packet/within.ts";
import { type Ip, join, tcp, u16, udp } from "../../core/packets.ts";
import type { Target } from "../target.ts";

const IPS: readonly Ip[] = [
  {},
  { options: [1, 1, 1, 1] },
  { moreFragments: true },
  { src: "2001:db8::1" },
  { src: "2001:db8::1", extensions: [{ type: 0 }, { type: 44 }, { type: 60 }] },
];
const DATAGRAMS = IPS.flatMap((ip) => [tcp(ip), udp({ ...ip, data: new Uint8Array(5) })]);

/** An input is the number of a link type, two bytes, and a frame. */
const FRAMES = [...LINK_TYPES.keys()].flatMap((linkType) =>
  DATAGRAMS.map((packet) => join(u16(linkType), frame(linkType, packet)))
);

const PIECES = [
  ...[[0x08, 0x00], [0x86, 0xdd], [0x81, 0x00, 0, 7], [0x88, 0xa8, 0, 7], [0x91, 0x00]],
  ...[[0x45], [0x46], [0x4f], [0x60], [0x20, 0x00], [0x1f, 0xff], [0xff, 0x03], [
    0x00,
    0x21,
  ]],
  ...[[6, 0], [17, 0], [0, 0], [43, 0], [44, 0], [51, 4], [59, 0], [60, 255]],
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
];

const packet: Target = {
  name: "packet",
  dictionary: PIECES,
  seeds: FRAMES,
  maxBytes: 600,
  limit: 50,
  inputs: 8000,
  run(input) {
    const linkType = (input[0] ?? 0) << 8 | (input[1] ?? 0);
    const bytes = input.subarray(2);
    const hit = parseBetween(linkType, bytes, 0x00);
    const again = parseBetween(linkType, bytes, 0xff);
    assert.deepEqual(hit, again, "what is beside a packet does not matter");
    const link = LINK_TYPES.has(linkType) ? linkType : "unknown";
    if (hit === undefined) return `${link} none`;
    assert.notEqual(link, "unknown");
    assertWithin(hit, bytes);
    const family = isIpv4(hit.source) ? 4 : 6;
    return `${link} ${family} ${hit.protocol} ${hit.flags} ${bytes.length >> 3}`;
  },
};

/** Parses a packet in a buffer that holds something else before and after it. */
function parseBetween(linkType: number, bytes: Uint8Array, other: number) {
  const buffer = new Uint8Array(bytes.length + 80).fill(other);
  buffer.set(bytes, 40);
  const hit = new Hit();
  return parsePacket(linkType, buffer, 40, bytes.length, hit) ? hit : undefined;
}

const batch: Target = {
  name: "batch",
  dictionary: [[0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0, 0, 0, 0x80]],
  // A batch has no file header.
  seeds: [savefile(1, DATAGRAMS.map((datagram) => ethernet(datagram))).slice(24)],
  maxBytes: 4000,
  limit: 50,
  inputs: 5000,
  run(input) {
    let packets = 0, hits = 0, last = 0;
    const hit = new Hit();
    const view = new DataView(input.slice().buffer);
    const count = readRecords(
      view,
      input,
      input.length,
      1,
      (link, bytes, at, size, time) => {
        assert.ok(at >= last + 16 && at + size <= bytes.length, `${at} ${size}`);
        assert.ok(Number.isFinite(time) && time >= 0);
        last = at + size;
        packets++;
        if (parsePacket(link, bytes, at, size, hit)) hits++;
      },
    );
    assert.equal(packets, count);
    return `${packets} ${hits}`;
  },
};

export const PACKET_TARGETS: readonly Target[] = [packet, batch];
