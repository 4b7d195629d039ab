/** What networks do to packets on their way: a knock still counts, and counts once. */
import assert from "node:assert/strict";
import { ethernet } from "../core/frames.ts";
import { type Extension, type Tcp, tcp, udp } from "../core/packets.ts";
import { knock, recordingDoor, Scratch } from "../lab/daemon.ts";
import { send } from "../lab/frames_sent.ts";
import { KNOCKD, Network } from "../lab/net.ts";
import { alice, Bell, RotatingDoor } from "../lab/one_time.ts";
import { CLIENT, DEVICE, SERVER, wire } from "../lab/wire.ts";

const SERVER_6 = "fd78::1";
const KNOCK = [7000, 8000, 9000];

type Case = readonly [
  what: string,
  frames: (source: string) => Uint8Array[],
  openings: number,
];

const syns = (src: string, more: Tcp = {}) =>
  KNOCK.map((dport) => tcp({ src, dst: SERVER, dport, seq: dport, ...more }));
const plain = (src: string, more: Tcp = {}) =>
  syns(src, more).map((packet) => ethernet(packet));

const IPV4: readonly Case[] = [
  ["each packet twice", (src) => plain(src).flatMap((frame) => [frame, frame]), 1],
  [
    "the whole knock three times",
    (src) => [src, src, src].flatMap((src) => plain(src)),
    1,
  ],
  [
    "retransmissions that come late",
    (src) => [0, 1, 0, 0, 2, 1].map((i) => plain(src)[i]!),
    1,
  ],
  ["in another order", (src) => plain(src).toReversed(), 0],
  ["with two VLAN tags", (src) => syns(src).map((p) => ethernet(p, [0x88a8, 0x8100])), 1],
  ["first fragments", (src) => plain(src, { moreFragments: true }), 1],
  ["later fragments alone", (src) => plain(src, { fragmentOffset: 1 }), 0],
  [
    "later fragments in between",
    (src) =>
      plain(src).flatMap((frame, i) => [
        frame,
        ethernet(tcp({ src, dst: SERVER, dport: 7500 + i, fragmentOffset: 64 })),
        ethernet(tcp({ src, dst: SERVER, dport: 7600 + i, fragmentOffset: 99 })),
      ]),
    1,
  ],
  [
    "with all the options that fit",
    (src) => plain(src, { options: Array(40).fill(1), tcpOptions: Array(40).fill(1) }),
    1,
  ],
  [
    "cut by the snap length behind the header",
    (src) => plain(src, { data: new Uint8Array(1300) }),
    1,
  ],
  ["cut within the header", (src) => plain(src).map((frame) => frame.subarray(0, 52)), 0],
];

const six = (extensions: Extension[]) => (src: string) =>
  plain(src, { dst: SERVER_6, extensions });
const IPV6: readonly Case[] = [
  ["hop-by-hop and destination options", six([{ type: 0 }, { type: 60 }]), 1],
  ["an authentication header", six([{ type: 51, length: 4 }]), 1],
  ["a fragment that is whole", six([{ type: 44 }]), 1],
  ["a fragment that is not the first", six([{ type: 44, data: [0, 8] }]), 0],
  ["a header that nobody knows", six([{ type: 135 }]), 0],
  ["headers beyond the snap length", six([{ type: 60, length: 9 }]), 0],
  ["longest headers within it", six([{ type: 60, length: 5 }]), 1],
];

Deno.test("a knock opens once, whatever the network does to its packets", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server", { defaultRoute: false });
  const client = await net.host("client", { defaultRoute: false });
  await wire(server, client);
  const route = ["ip", "address", "add", `${SERVER_6}/64`, "dev", DEVICE, "nodad"];
  await server.run(route);
  const rotating = new RotatingDoor(scratch, "rotating", [alice], {
    mode: "hotp",
    lookAhead: 100,
    protocol: "mixed",
  });
  const bell = new Bell(scratch);
  const door = recordingDoor(scratch, "ssh", KNOCK.join());
  const config = await scratch.config(door + rotating.text + bell.text);
  const daemon = server.spawn([...KNOCKD, "serve", "-c", config, "-i", DEVICE]);
  await daemon.waitForLine(/listening on k0 \(/, 20_000);

  const expected: string[] = [];
  const check = async (what: string) =>
    assert.deepEqual(await bell.ring(client, SERVER), expected, what);
  const cases = [
    ...IPV4.map((row, i) => [`10.78.0.${10 + i}`, ...row] as const),
    ...IPV6.map((row, i) => [`fd78::${10 + i}`, ...row] as const),
  ];
  for (const [source, what, frames, openings] of cases) {
    await send(client, frames(source), { device: DEVICE });
    if (openings > 0) expected.push(`ssh ${source}`);
    await check(`${what}\n${daemon.lines.slice(-5).join("\n")}`);
  }

  // A datagram that the sender's kernel cuts in pieces; nothing of it is a foreign port.
  for (const [counter, shuffle] of [[0, 1], [1, -1]] as const) {
    const ports = rotating.ports(alice, counter);
    const big = `printf %03000d 0 > /dev/udp/${SERVER}/7777`;
    await client.run(["bash", "-c", big]);
    const frames = ports.map((knock, i) => {
      const [port, protocol] = knock.split(":");
      const to = { src: CLIENT, dst: SERVER, dport: Number(port), sport: 2000 + i };
      return ethernet(protocol === "udp" ? udp(to) : tcp({ ...to, seq: 99 + i }));
    }).toSorted(() => shuffle);
    const doubled = [...frames.toReversed(), ...frames];
    await send(client, doubled, { device: DEVICE });
    expected.push(`rotating alice ${CLIENT}`);
    await check(`a rotating door, in any order, each packet twice: ${ports}`);
  }
  for (const dport of KNOCK) {
    await client.run(["hping3", "-c", "1", "-S", "-b", "-p", `${dport}`, SERVER], {
      check: false,
    });
  }
  expected.push(`ssh ${CLIENT}`);
  await check("checksums that are wrong");
  await knock(client, SERVER, ...KNOCK);
  expected.push(`ssh ${CLIENT}`);
  await check("a knock like any other");
});
