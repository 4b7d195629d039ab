import assert from "node:assert/strict";
import { addressFromWords } from "../../../lib/core/address_words.ts";
import { Hit, TCP, UDP } from "../../../lib/core/hit.ts";
import { LinkType, parsePacket } from "../../../lib/core/packet/parse.ts";
import { ethernet } from "../frames.ts";
import { check, parse, t4, t6, u4, u6 } from "./rows.ts";
import { ACK, ip, join, PSH, SYN, tcp, udp } from "../packets.ts";

Deno.test("packet parser reads every field of a TCP packet over IPv4", () => {
  const packet = tcp({
    src: "192.0.2.1",
    dst: "198.51.100.200",
    sport: 65535,
    dport: 50123,
    flags: SYN | ACK,
    seq: 0xfedcba98,
  });
  const hit = parse(LinkType.RAW, packet)!;
  assert.equal(addressFromWords(hit.source).text, "192.0.2.1");
  assert.equal(addressFromWords(hit.destination).text, "198.51.100.200");
  assert.deepEqual([hit.sourcePort, hit.port], [65535, 50123]);
  assert.deepEqual(
    [hit.protocol, hit.flags, hit.tcpSequence],
    [TCP, 0x12, 0xfedcba98],
  );
});

Deno.test("packet parser leaves nothing of the last packet in the hit", () => {
  const hit = new Hit();
  hit.time = 1234;
  const first = t6({ seq: 77, flags: PSH });
  assert(parsePacket(LinkType.RAW, first, 0, first.length, hit));
  const second = udp({ src: "192.0.2.9", sport: 0, dport: 53 });
  assert(parsePacket(LinkType.RAW, second, 0, second.length, hit));
  assert.equal(addressFromWords(hit.source).text, "192.0.2.9");
  assert.deepEqual([hit.sourcePort, hit.port], [0, 53]);
  assert.deepEqual([hit.protocol, hit.flags, hit.tcpSequence], [UDP, 0, 0]);
  assert.equal(hit.time, 1234, "the time is the capture's to set");
  const third = u4({ data: new Uint8Array(24) });
  third[4] = 1;
  assert(parsePacket(LinkType.RAW, third, 0, third.length, hit));
  assert.deepEqual([hit.identification >> 8, hit.payloadLength], [1, 24]);
  assert(parsePacket(LinkType.RAW, first, 0, first.length, hit));
  assert.deepEqual([hit.identification, hit.payloadLength, hit.length], [0, 0, 0]);
});

Deno.test("packet parser reads IPv6 addresses whole", () => {
  const src = "2001:db8:1:2:a:b:c:d", dst = "fe80::ff:fe00:1";
  const hit = parse(LinkType.RAW, udp({ src, dst }))!;
  assert.equal(addressFromWords(hit.source).text, src);
  assert.equal(addressFromWords(hit.destination).text, dst);
});

Deno.test("packet parser reads a packet anywhere in a buffer", () => {
  const packet = ethernet(t4({ dport: 1234 }));
  const hit = new Hit();
  const buffer = join([1, 2, 3], packet, packet);
  assert(parsePacket(LinkType.ETHERNET, buffer, 3, packet.length, hit));
  assert.equal(hit.port, 1234);
  assert(
    !parsePacket(LinkType.ETHERNET, buffer, 3, 40, hit),
    "what follows is not its own",
  );
  const cut = buffer.subarray(0, 3 + 14 + 20 + 19);
  assert(!parsePacket(LinkType.ETHERNET, cut, 3, packet.length, hit), "buffer too short");
});

Deno.test("packet parser ignores IPv4 packets whose lengths lie", () => {
  check(LinkType.RAW, [
    ["as it should be", t4(), true],
    ["options", t4({ options: [1, 1, 1, 0] }), true],
    ["as many options as fit", u4({ options: Array(40).fill(1) }), true],
    ["header length below 5", t4({ versionIhl: 0x44 }), false],
    [
      "header length below 5, ports as a length",
      u4({ versionIhl: 0x44, sport: 8 }),
      false,
    ],
    ["header length beyond the packet", t4({ versionIhl: 0x4f }), false],
    ["version 5", t4({ versionIhl: 0x55 }), false],
    ["total length below the header's", t4({ ipLength: 19 }), false],
    ["total length of the header alone", t4({ ipLength: 20 }), false],
    ["total length in the TCP header", t4({ ipLength: 39 }), false],
    ["total length in the UDP header", u4({ ipLength: 27 }), false],
    ["total length beyond the capture: cut", t4({ ipLength: 1500 }), true],
    ["total length 0: offloaded", t4({ ipLength: 0 }), true],
    ["total length 0, UDP", u4({ ipLength: 0 }), true],
  ]);
});

Deno.test("packet parser ignores a later fragment", () => {
  const data = new Uint8Array(16);
  const options = { tcpOptions: Array(8).fill(1) };
  check(LinkType.RAW, [
    ["first fragment", t4({ moreFragments: true }), true],
    [
      "first fragment of a long datagram",
      u4({ moreFragments: true, udpLength: 3000 }),
      true,
    ],
    ["later fragment", t4({ fragmentOffset: 1, moreFragments: true }), false],
    ["last fragment", u4({ fragmentOffset: 0x1fff, data }), false],
    ["far fragment", u4({ fragmentOffset: 0x1000 }), false],
    ["UDP header in the next fragment", u4({ moreFragments: true, ipLength: 24 }), false],
    ["tiny fragment", t4({ moreFragments: true, ipLength: 36 }), false],
    ["options in the next fragment", t4({ ...options, ipLength: 40 }), false],
  ]);
});

Deno.test("packet parser ignores IPv6 fragments but the first", () => {
  const reserved = u6({ extensions: [{ type: 44 }] });
  reserved[41] = 9;
  const fragment = (low: number, high = 0) => ({
    extensions: [{ type: 44, data: [high, low] }],
  });
  check(LinkType.RAW, [
    ["atomic fragment", t6(fragment(0)), true],
    ["the reserved byte is no length", reserved, true],
    ["first fragment", u6({ ...fragment(1), udpLength: 3000 }), true],
    ["a lie outside of a fragment", u6({ ...fragment(0), udpLength: 3000 }), false],
    ["later fragment", t6(fragment(8)), false],
    ["far fragment", u6(fragment(1, 0x80)), false],
  ]);
});

Deno.test("packet parser follows a bounded chain of IPv6 extension headers", () => {
  const chain = (...types: number[]) =>
    t6({ extensions: types.map((type) => ({ type })) });
  const last = (type: number) => {
    const packet = t6();
    packet[6] = type;
    return packet;
  };
  check(LinkType.RAW, [
    ["hop-by-hop", chain(0), true],
    ["routing", chain(43), true],
    ["destination", chain(60), true],
    ["the order of RFC 8200", chain(0, 60, 43, 44, 51, 60), true],
    ["hop-by-hop further on", chain(60, 0), false],
    [
      "longer headers",
      t6({ extensions: [{ type: 0, length: 3 }, { type: 60, length: 2 }] }),
      true,
    ],
    ["AH counts in 4 bytes", u6({ extensions: [{ type: 51, length: 4 }] }), true],
    ["eight", chain(...Array(8).fill(60)), true],
    ["nine are above the bound", chain(...Array(9).fill(60)), false],
    ["ESP", last(50), false],
    ["no next header", last(59), false],
    ["ICMPv6", last(58), false],
    [
      "header beyond the packet",
      t6({ extensions: [{ type: 60, data: [] }], ipLength: 8 }),
      false,
    ],
    [
      "payload length without the TCP header",
      t6({ extensions: [{ type: 60 }], ipLength: 20 }),
      false,
    ],
    ["payload length 0: jumbogram", t6({ ipLength: 0 }), false],
    ["payload length in the TCP header", t6({ ipLength: 19 }), false],
    ["payload length beyond the capture: cut", t6({ ipLength: 1400 }), true],
  ]);
});

Deno.test("packet parser ignores sources that nothing could be opened for", () => {
  const from = (src: string) => t4({ src });
  const six = (src: string) => t6({ src });
  const mapped = (at: number) => {
    const packet = t6();
    packet.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1], at);
    return packet;
  };
  check(LinkType.RAW, [
    ["loopback", from("127.0.0.1"), true],
    ["the last unicast address", from("223.255.255.255"), true],
    ["unspecified", from("0.0.0.0"), false],
    ["multicast", from("224.0.0.1"), false],
    ["the last multicast address", from("239.255.255.255"), false],
    ["reserved, which some networks use", from("240.0.0.1"), true],
    ["broadcast", from("255.255.255.255"), false],
    ["IPv6 loopback", six("::1"), true],
    ["IPv6 link-local", six("fe80::1"), true],
    ["IPv6 unspecified", six("::"), false],
    ["IPv6 multicast", six("ff02::1"), false],
    ["IPv4-mapped source on the wire", mapped(8), false],
    ["IPv4-mapped destination on the wire", mapped(24), false],
  ]);
});

Deno.test("a datagram's payload ends where its header says, or where it is cut", () => {
  const data = new Uint8Array(24);
  const lengthOf = (udpLength: number, captured?: number) =>
    parse(LinkType.RAW, u4({ data, udpLength }), captured)!.payloadLength;
  assert.deepEqual([lengthOf(32), lengthOf(31), lengthOf(8)], [24, 23, 0]);
  assert.deepEqual([lengthOf(32, 51), lengthOf(31, 52), lengthOf(31, 50)], [23, 23, 22]);
});

Deno.test("packet parser ignores TCP and UDP headers that lie", () => {
  const data = new Uint8Array([1, 2, 3, 4]);
  check(LinkType.RAW, [
    ["TCP options", t4({ tcpOptions: [2, 4, 5, 0xb4] }), true],
    ["TCP data", t4({ flags: ACK | PSH, data }), true],
    ["no TCP flags", t4({ flags: 0 }), true],
    ["data offset below 5", t4({ dataOffset: 4 }), false],
    ["data offset beyond the packet", t6({ dataOffset: 6 }), false],
    [
      "data offset beyond the total length",
      t4({ dataOffset: 6, data, ipLength: 40 }),
      false,
    ],
    ["TCP port 0", t4({ dport: 0 }), false],
    ["TCP source port 0", t4({ sport: 0 }), true],
    ["UDP data", u4({ data }), true],
    ["UDP length below its header's", u4({ udpLength: 7 }), false],
    ["UDP length 0", u6({ udpLength: 0 }), false],
    ["UDP length beyond the packet", u4({ udpLength: 9 }), false],
    ["UDP length shorter than the packet", u4({ udpLength: 8, data }), true],
    ["UDP port 0", u6({ dport: 0 }), false],
    ["ICMP", ip(1, new Uint8Array(20)), false],
    ["SCTP", ip(132, new Uint8Array(20)), false],
  ]);
});
