/** Recorded knocks of every link type, through libpcap, the parser and the matcher. */
import assert from "node:assert/strict";
import { Pcap } from "../../../ffi/pcap/pcap.ts";
import { parseAddress } from "../../../lib/core/address.ts";
import { addressFromWords } from "../../../lib/core/address_words.ts";
import type { Door } from "../../../lib/core/door.ts";
import { Hit } from "../../../lib/core/hit.ts";
import { Matcher } from "../../../lib/core/matcher/matcher.ts";
import { matcherSettings } from "../../../lib/core/matcher/settings.ts";
import { LINK_TYPES, LinkType, parsePacket } from "../../../lib/core/packet/parse.ts";
import { door } from "../../core/doors.ts";
import { ethernet, frame, ppp, savefile, sll, sll2 } from "../../core/frames.ts";
import { ACK, SYN, tcp, udp } from "../../core/packets.ts";

type Framing = (packet: Uint8Array) => Uint8Array;

/** Every way a packet can be wrapped, with the link type of its file. */
const FRAMINGS: readonly [name: string, linkType: number, wrap: Framing][] = [
  // OpenBSD's own number is in no file: it becomes 101 there.
  ...[...LINK_TYPES].filter(([linkType]) => linkType !== LinkType.RAW_OPENBSD).map((
    [linkType, name],
  ): [string, number, Framing] => [
    `${name}, ${linkType}`,
    linkType,
    (packet) => frame(linkType, packet),
  ]),
  ["802.1Q", LinkType.ETHERNET, (packet) => ethernet(packet, [0x8100])],
  ["802.1ad", LinkType.ETHERNET, (packet) => ethernet(packet, [0x88a8, 0x8100])],
  ["cooked, tagged", LinkType.LINUX_SLL, (packet) => sll(packet, 0, [0x8100])],
  ["cooked v2, tagged", LinkType.LINUX_SLL2, (packet) => sll2(packet, 0, [0x8100])],
  ["short PPP", LinkType.PPP, (packet) => ppp(packet, { addressControl: false })],
  ["compressed PPP", LinkType.PPP, (packet) => ppp(packet, { compressed: true })],
];

const HOSTS = ["10.77.0.1", "fd77::1"];
const DOORS = [
  door("tcp", "7000,8000,9000"),
  door("mixed", "7001,8001:udp,9001"),
  door("reversed", "9002,8002,7002"),
];

/** A right knock on two doors, one in the wrong order, and packets that are no hits. */
function knocks(src: string, dst: string): Uint8Array[] {
  const to = (dport: number, flags = SYN) =>
    tcp({ src, dst, dport, flags, sport: dport, seq: dport });
  return [
    ...[to(7000), to(8000), to(9000, SYN | ACK), to(8000), to(9000)],
    ...[to(7001), udp({ src, dst, dport: 8001 }), to(9001)],
    ...[to(7002), to(8002), to(9002)],
  ];
}

/** What opens for the packets of a file. */
function replay(path: string, doors: readonly Door[]): string[] {
  const opened: string[] = [];
  const matcher = new Matcher(matcherSettings(doors, [], new Uint32Array([1, 2])), {
    opened: ({ door: { name } }, { source }) =>
      opened.push(`${name} ${addressFromWords(source).text}`),
    advanced() {},
    refused() {},
  });
  matcher.setHostAddresses(HOSTS.map((text) => parseAddress(text)!));
  for (const door of doors) {
    const { key } = door;
    assert.ok(key.kind === "static");
    matcher.add({ door, knocks: key.sequence, ordered: true });
  }
  using pcap = Pcap.openOffline(path);
  const hit = new Hit();
  while (
    pcap.read((linkType, bytes, offset, captured, time) => {
      hit.time = time;
      if (parsePacket(linkType, bytes, offset, captured, hit)) matcher.hit(hit);
    }) > 0
  );
  return opened;
}

function carries(linkType: number, address: string): boolean {
  const six = address.includes(":");
  return linkType !== (six ? LinkType.IPV4 : LinkType.IPV6);
}

for (const [name, linkType, wrap] of FRAMINGS) {
  Deno.test(`a recorded knock opens its doors: ${name}`, async () => {
    const families = [["10.77.0.2", HOSTS[0]!], ["fd77::2", HOSTS[1]!]].filter(
      ([, to]) => carries(linkType, to!),
    );
    const path = await Deno.makeTempFile({ suffix: ".pcap" });
    try {
      const packets = families.flatMap(([from, to]) => knocks(from!, to!));
      await Deno.writeFile(path, savefile(linkType, packets.map(wrap)));
      assert.deepEqual(
        replay(path, DOORS),
        families.flatMap(([from]) => [`tcp ${from}`, `mixed ${from}`]),
      );
    } finally {
      await Deno.remove(path);
    }
  });
}
