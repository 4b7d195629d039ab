import fc from "fast-check";
import assert from "node:assert/strict";
import { addressFromWords } from "../../lib/core/address_words.ts";
import { Hit, TCP } from "../../lib/core/hit.ts";
import { LINK_TYPES, LinkType, parsePacket } from "../../lib/core/packet/parse.ts";
import { ethernet, frame, savefile, sll } from "../core/frames.ts";
import { type Extension, tcp, udp } from "../core/packets.ts";
import { tcpdump } from "../lab/tcpdump.ts";

/** Link types and the frames they come in. */
const FRAMINGS: [name: string, linkType: number, (packet: Uint8Array) => Uint8Array][] = [
  ["802.1Q", LinkType.ETHERNET, (packet) => ethernet(packet, [0x8100])],
  ["802.1ad", LinkType.ETHERNET, (packet) => ethernet(packet, [0x88a8, 0x8100])],
  ["cooked v1, tagged", LinkType.LINUX_SLL, (packet) => sll(packet, 0, [0x8100])],
  ...[...LINK_TYPES.keys()].filter(readByTcpdump).map(usual),
];

/** It has no number 14, and our IPv4 and IPv6 packets are mixed. */
function readByTcpdump(linkType: number): boolean {
  return linkType !== LinkType.RAW_OPENBSD && linkType !== LinkType.IPV4 &&
    linkType !== LinkType.IPV6;
}

function usual(
  linkType: number,
): [string, number, (packet: Uint8Array) => Uint8Array] {
  return [`link type ${linkType}`, linkType, (packet) => frame(linkType, packet)];
}

const byte = fc.nat(255);
const port = fc.integer({ min: 1, max: 65535 });
const ipv4 = fc.tuple(fc.integer({ min: 1, max: 223 }), byte, byte, byte)
  .map((parts) => parts.join("."));
const ipv6 = fc.array(fc.nat(0xffff), { minLength: 7, maxLength: 7 })
  .map((groups) => ["2001", ...groups.map((group) => group.toString(16))].join(":"));
/** In the order of RFC 8200; tcpdump looks for nothing but a transport behind AH. */
const extensions: fc.Arbitrary<Extension[]> = fc.subarray<Extension>([
  { type: 0 },
  { type: 60, length: 2 },
  { type: 43, length: 2 },
  { type: 44 },
  { type: 51, length: 4 },
]);
const maybeExtensions = fc.oneof(fc.constant([]), extensions);
const network = fc.oneof(
  fc.record({
    src: ipv4,
    dst: ipv4,
    options: fc.nat(10).map((words) => Array(words * 4).fill(1)),
    moreFragments: fc.boolean(),
    fragmentOffset: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(0x1fff)),
  }),
  fc.record({ src: ipv6, dst: ipv6, extensions: maybeExtensions }),
);
const data = fc.uint8Array({ minLength: 1, maxLength: 20 });
const packet = fc.oneof(
  fc.tuple(
    network,
    fc.record({ sport: port, dport: port, flags: byte, seq: fc.nat(0xffffffff), data }),
  ).map(([network, segment]) => tcp({ ...network, ...segment })),
  fc.tuple(network, fc.record({ sport: port, dport: port, data }))
    .map(([network, datagram]) => udp({ ...network, ...datagram })),
);

/** What a hit and a line of tcpdump's both tell. */
interface Seen {
  source?: string;
  destination?: string;
  ports: [number, number];
  flags?: number;
  sequence?: number;
}

Deno.test("packet parser reads packets as tcpdump does", async () => {
  for (const [name, linkType, framing] of FRAMINGS) {
    const frames = fc.sample(packet, 300).map(framing);
    const theirs = await dumped(savefile(linkType, frames));
    let hits = 0;
    for (const [i, bytes] of frames.entries()) {
      const ours = parsed(linkType, bytes);
      const context = `${name}: ${bytes.toHex()}: ${theirs.lines.get(i)}`;
      assert.deepEqual(ours, theirs.seen.get(i), context);
      if (ours !== undefined) hits++;
    }
    assert(hits > 200 && hits < 300, `${name}: ${hits} of 300 are hits`);
  }
});

function parsed(linkType: number, bytes: Uint8Array): Seen | undefined {
  const hit = new Hit();
  if (!parsePacket(linkType, bytes, 0, bytes.length, hit)) return undefined;
  return {
    source: addressFromWords(hit.source).text,
    destination: addressFromWords(hit.destination).text,
    ports: [hit.sourcePort, hit.port],
    ...(hit.protocol === TCP ? { flags: hit.flags, sequence: hit.tcpSequence } : {}),
  };
}

/** Lines and what they say, by the packet's place in the file: its time in seconds. */
async function dumped(file: Uint8Array<ArrayBuffer>) {
  const { code, stdout, stderr } = await tcpdump(["-nn", "-tt", "-S", "-r", "-"], file);
  assert.equal(code, 0, stderr);
  const lines = new Map<number, string>();
  const seen = new Map<number, Seen>();
  for (const line of new TextDecoder().decode(stdout).split("\n")) {
    const match = /^ ?(\d+)\.0{6} .*?\bIP6? (\S+) > (\S+): (.*)$/.exec(line);
    if (match === null) continue;
    const [, index, source, destination, rest] = match as unknown as string[];
    lines.set(Number(index), line);
    const told = tell(source!, destination!, rest!);
    if (told !== undefined) seen.set(Number(index), told);
  }
  return { lines, seen };
}

/** Behind extension headers tcpdump prints the ports in the rest of the line. */
function tell(source: string, destination: string, rest: string): Seen | undefined {
  const [from, sport] = endpoint(source);
  const [to, dport] = endpoint(destination);
  const behind = /(?:^|[ :])(\d+) > (\d+): /.exec(rest);
  const ports = sport !== undefined ? [sport, dport] : behind?.slice(1);
  if (ports === undefined) return undefined;
  const flags = /(?:^|> \d+: )Flags \[([^\]]*)\]/.exec(rest)?.[1];
  return {
    source: from,
    destination: to,
    ports: [Number(ports[0]), Number(ports[1])],
    ...(flags === undefined ? {} : { flags: flagsByte(flags), sequence: sequence(rest) }),
  };
}

function endpoint(text: string): [address: string, port: string | undefined] {
  const parts = text.split(".");
  const addressParts = text.includes(":") ? 1 : 4;
  return [parts.slice(0, addressParts).join("."), parts[addressParts]];
}

function flagsByte(letters: string): number {
  if (letters === "none") return 0;
  return [...letters].reduce((byte, letter) => byte | 1 << "FSRP.UEW".indexOf(letter), 0);
}

function sequence(rest: string): number {
  return Number(/ seq (\d+)/.exec(rest)?.[1]);
}
