import assert from "node:assert/strict";
import type { Door, Knock } from "../../lib/core/door.ts";
import { Hit } from "../../lib/core/hit.ts";
import { captureFilter, type FilterOptions } from "../../lib/core/filter.ts";
import { LINK_TYPES, LinkType, parsePacket } from "../../lib/core/packet/parse.ts";
import { door } from "../core/doors.ts";
import { ethernet, frame, ppp, savefile, sll, sll2 } from "../core/frames.ts";
import { ACK, FIN, ip, PSH, RST, SYN, tcp, udp, URG } from "../core/packets.ts";
import { tcpdump } from "../lab/tcpdump.ts";

/** What becomes of a packet; a stray is let through, and parsing finds that it is no hit. */
type Fate = "hit" | "stray" | "dropped";
type Row = [why: string, fate: Fate, packet: Uint8Array];

const knock = door("ssh", "7000,8000:udp,9000");
const ignored: Knock[] = [{ port: 443, protocol: "udp" }, { port: 80, protocol: "tcp" }];
const six = { src: "2001:db8::1" };
const options = { options: [1, 1, 1, 1] };
const routed = { ...six, extensions: [{ type: 43, length: 2 }] };

const IPV4: Row[] = [
  ["SYN", "hit", tcp()],
  ["SYN with another flag", "hit", tcp({ flags: SYN | PSH })],
  ["SYN behind IP options", "hit", tcp(options)],
  ["SYN in a first fragment", "hit", tcp({ moreFragments: true })],
  ["SYN to the ignored port's number in UDP", "hit", tcp({ dport: 443 })],
  ["SYN from an ignored port", "hit", tcp({ sport: 80 })],
  ["UDP", "hit", udp()],
  ["UDP behind IP options", "hit", udp(options)],
  ["UDP to a foreign port", "hit", udp({ dport: 31337 })],
  ["UDP to the ignored port's number in TCP", "hit", udp({ dport: 80 })],
  ["SYN from a multicast address", "stray", tcp({ src: "224.0.0.1" })],
  ["UDP with a length that lies", "stray", udp({ udpLength: 900 })],
  ["SYN and ACK", "dropped", tcp({ flags: SYN | ACK })],
  ["ACK", "dropped", tcp({ flags: ACK })],
  ["no flags", "dropped", tcp({ flags: 0 })],
  ["ignored TCP port", "dropped", tcp({ dport: 80 })],
  ["ignored UDP port", "dropped", udp({ dport: 443 })],
  ["ignored UDP port behind IP options", "dropped", udp({ ...options, dport: 443 })],
  ["later TCP fragment", "dropped", tcp({ fragmentOffset: 1 })],
  ["later UDP fragment", "dropped", udp({ fragmentOffset: 100, moreFragments: true })],
  ["ICMP", "dropped", ip(1, new Uint8Array(40))],
];
const IPV6: Row[] = [
  ["SYN", "hit", tcp(six)],
  ["UDP", "hit", udp(six)],
  ["SYN behind a routing header", "hit", tcp(routed)],
  ["UDP behind AH", "hit", udp({ ...six, extensions: [{ type: 51, length: 4 }] })],
  ["SYN in an atomic fragment", "hit", tcp({ ...six, extensions: [{ type: 44 }] })],
  ["ACK behind a routing header", "stray", tcp({ ...routed, flags: ACK })],
  ["ignored port, routing header", "stray", udp({ ...routed, dport: 443 })],
  ["later fragment", "stray", udp({ ...six, extensions: [{ type: 44, data: [1, 0] }] })],
  ["ICMPv6 behind hop-by-hop", "stray", ip(58, new Uint8Array(8), routed)],
  ["SYN and ACK", "dropped", tcp({ ...six, flags: SYN | ACK })],
  ["ignored TCP port", "dropped", tcp({ ...six, dport: 80 })],
  ["ignored UDP port", "dropped", udp({ ...six, dport: 443 })],
  ["ICMPv6", "dropped", ip(58, new Uint8Array(40), six)],
];

/** Frames of a link type that do not merely wrap a packet. */
function unusual(linkType: number): Row[] {
  const ack = tcp({ flags: ACK });
  switch (linkType) {
    case LinkType.ETHERNET:
      return [
        ["tagged SYN", "hit", ethernet(tcp(), [0x8100])],
        ["tagged UDP over IPv6", "hit", ethernet(udp(six), [0x88a8, 0x8100])],
        ["tagged ACK", "stray", ethernet(ack, [0x9100])],
        ["ARP", "dropped", ethernet(tcp()).with(13, 6)],
      ];
    case LinkType.LINUX_SLL:
      return [
        ["tagged SYN", "hit", sll(tcp(), 0, [0x8100])],
        ["tagged ACK", "stray", sll(ack, 0, [0x8100])],
        ["outgoing SYN", "stray", sll(tcp(), 4)],
      ];
    case LinkType.LINUX_SLL2:
      return [
        ["tagged SYN", "hit", sll2(tcp(six), 0, [0x88a8])],
        ["tagged ACK", "stray", sll2(ack, 0, [0x8100])],
        ["outgoing SYN", "stray", sll2(tcp(), 4)],
      ];
    case LinkType.PPP:
      return [
        ["SYN, protocol compressed", "hit", ppp(tcp(), { compressed: true })],
        ["UDP, no address", "hit", ppp(udp(six), { addressControl: false })],
        ["ACK, no address", "stray", ppp(ack, { addressControl: false })],
        ["LCP", "dropped", ppp(tcp()).with(2, 0xc0)],
      ];
    default:
      return [];
  }
}

function rows(linkType: number): Row[] {
  return [
    ...(linkType === LinkType.IPV6 ? [] : IPV4.map(framed)),
    ...(linkType === LinkType.IPV4 ? [] : IPV6.map(framed)),
    ...unusual(linkType),
  ];
  function framed([why, fate, packet]: Row): Row {
    return [`IPv${packet[0]! >> 4}: ${why}`, fate, frame(linkType, packet)];
  }
}

/** Link types that this tcpdump has under our number: all but OpenBSD's raw IP. */
const KNOWN = [...LINK_TYPES].filter(([linkType]) => linkType !== LinkType.RAW_OPENBSD);

Deno.test("capture filter lets exactly the hits through, and the strays it documents", async () => {
  for (const [linkType, name] of KNOWN) {
    const table = rows(linkType);
    const filter = captureFilter([knock], ignored, { linkType });
    const kept = await filtered(filter, linkType, table.map(([, , bytes]) => bytes));
    for (const [i, [why, fate, bytes]] of table.entries()) {
      const found = !kept.has(i) ? "dropped" : counts(linkType, bytes) ? "hit" : "stray";
      assert.equal(found, fate, `${name}: ${why}`);
      const isHit = counts(linkType, bytes);
      assert.equal(
        isHit,
        fate === "hit",
        `${name}: ${why}: parsing, whatever the filter`,
      );
    }
  }
});

Deno.test("capture filter agrees with every door about every flags byte", async () => {
  const flags = (mask: number, value: number) =>
    door("flags", "1,2", { tcpFlags: { mask, value } });
  const eight = Array.from({ length: 8 }, (_, i) => flags(0xc0 | 1 << i, 1 << i));
  const cases: [why: string, doors: Door[], allTcp: boolean][] = [
    ["no doors", [], false],
    ["syn,!ack", [flags(SYN | ACK, SYN)], false],
    ["syn,ack", [flags(SYN | ACK, SYN | ACK)], false],
    ["all but urg", [flags(URG, 0)], false],
    ["all flags", [flags(0xff, FIN | RST)], false],
    ["two doors", [flags(SYN | ACK, SYN), flags(FIN, FIN)], false],
    ["eight doors", eight, false],
    ["nine doors", [...eight, flags(0xff, 0)], true],
    ["no flags in one door", [...eight, flags(0, 0)], true],
  ];
  const bytes = Array.from({ length: 256 }, (_, flags) => flags);
  const packets = [
    ...bytes.map((flags) => tcp({ flags })),
    ...bytes.map((flags) => tcp({ ...six, flags })),
  ];
  for (const [why, doors, allTcp] of cases) {
    const filter = captureFilter(doors, [], { linkType: LinkType.RAW });
    const kept = await filtered(filter, LinkType.RAW_SAVEFILE, packets);
    for (const i of packets.keys()) {
      const wanted = doors.some(({ tcpFlags: { mask, value } }) =>
        (i & 0xff & mask) === value
      );
      assert.equal(kept.has(i), wanted || allTcp, `${why}: packet ${i}`);
    }
  }
});

Deno.test("capture filter keeps IPv6 out where it is not wanted", async () => {
  const options = { linkType: LinkType.ETHERNET, ipv4Only: true };
  const filter = captureFilter([knock], [], options);
  const packets = [tcp(), tcp(six), udp(), udp(six), tcp(routed)].map((p) => ethernet(p));
  const kept = await filtered(filter, LinkType.ETHERNET, packets);
  assert.deepEqual([...kept], [0, 2]);
});

Deno.test("capture filter stays far below the kernel's 4096 instructions", async () => {
  const doors = Array.from(
    { length: 8 },
    (_, i) => door(`door${i}`, "1,2", { tcpFlags: { mask: 1 << i, value: 1 << i } }),
  );
  const ports: Knock[] = Array.from({ length: 32 }, (_, i) => ({
    port: 1000 + i,
    protocol: i % 2 === 0 ? "tcp" : "udp",
  }));
  for (const [linkType, name] of KNOWN) {
    const usual = await instructions([knock], ignored, { linkType });
    assert(usual < 60, `${name}: ${usual} instructions`);
    const largest = await instructions(doors, ports, { linkType });
    assert(largest < 150, `${name}: ${largest} instructions`);
  }
});

/** Whether parsing, and then the door and the ignored ports, make it a hit. */
function counts(linkType: number, bytes: Uint8Array): boolean {
  const hit = new Hit();
  if (!parsePacket(linkType, bytes, 0, bytes.length, hit)) return false;
  const protocol = hit.protocol === 6 ? "tcp" : "udp";
  if (ignored.some((k) => k.port === hit.port && k.protocol === protocol)) return false;
  const { mask, value } = knock.tcpFlags;
  return protocol === "udp" || (hit.flags & mask) === value;
}

/** Which of the packets, by their index, tcpdump lets through. */
async function filtered(
  filter: string,
  linkType: number,
  packets: Uint8Array[],
): Promise<Set<number>> {
  const file = savefile(linkType, packets);
  const { code, stdout, stderr } = await tcpdump(["-r", "-", "-w", "-", filter], file);
  assert.equal(code, 0, `${stderr}\n${filter}`);
  const view = new DataView(stdout.buffer, stdout.byteOffset, stdout.byteLength);
  const kept = new Set<number>();
  for (let at = 24; at < stdout.length; at += 16 + view.getUint32(at + 8, true)) {
    kept.add(view.getUint32(at, true));
  }
  return kept;
}

async function instructions(
  doors: Door[],
  ports: Knock[],
  options: FilterOptions,
): Promise<number> {
  const filter = captureFilter(doors, ports, options);
  const name = LINK_TYPES.get(options.linkType)!;
  const { code, stdout, stderr } = await tcpdump(["-y", name, "-ddd", filter]);
  assert.equal(code, 0, `${name}: ${stderr}\n${filter}`);
  return parseInt(new TextDecoder().decode(stdout));
}
