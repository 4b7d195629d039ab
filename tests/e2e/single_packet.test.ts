/** Single packets between real hosts: our client's, a shell's, and an attacker's. */
import assert from "node:assert/strict";
import { tcp, udp } from "../core/packets.ts";
import { formatSecret } from "../../lib/core/one_time/secret_text.ts";
import { Scratch, serve } from "../lab/daemon.ts";
import { datagramFrame, ipv4Frame, send } from "../lab/frames_sent.ts";
import { KNOCKD, Network } from "../lab/net.ts";
import { alice, Bell, RotatingDoor, User } from "../lab/one_time.ts";
import { sniff } from "../lab/sniffer.ts";

const PORT = 62_201;

/** The lines of docs/packet-v1.md that are a client. */
async function shellClient(host: string): Promise<string> {
  const page = await Deno.readTextFile(
    new URL("../../docs/packet-v1.md", import.meta.url),
  );
  const [, section = ""] = page.split("\n## A client in shell\n");
  const [lines = ""] = /(?:^ {4}.*\n)+/m.exec(section) ?? [];
  return lines.replaceAll(/^ {4}/gm, "").replace("HOST PORT", `${host} ${PORT}`);
}

Deno.test("our client's packet opens a door over IPv4 and IPv6, bound or not", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const settings = { packet: PORT, mode: "hotp" } as const;
  const doors = [
    new RotatingDoor(scratch, "free", [alice], settings),
    new RotatingDoor(scratch, "bound", [alice], { ...settings, bindSource: true }),
  ];
  const config = await scratch.config(doors.map(({ text }) => text).join(""));
  await serve(server, config);
  const uris = doors.map((door) => door.uri(alice, server.ipv4));
  await using user = await User.create(KNOCKD, client, ...uris);
  const sniffer = await sniff(server);
  const expected: string[] = [];
  for (const name of ["free", "bound"]) {
    await user.knockd(["knock", server.ipv4, "--otp", "--door", name]);
    expected.push(`${name} alice ${client.ipv4}`);
    assert.deepEqual(await scratch.waitForLines("opened", expected.length), expected);
  }
  await sniffer.waitForHits(2);
  assert.deepEqual(sniffer.knocks, [`${PORT}:udp`, `${PORT}:udp`]);
  await sniffer.stop();
  const otp = ["otp", server.ipv4, "--door", "free"];
  assert.match((await user.knockd(otp)).stdout, /^[0-9a-f]{48}\n$/);
  const ports = await user.knockd([...otp, "--form", "sequence"]);
  assert.match(ports.stdout, /^\d+( \d+){4}\n$/);
});

Deno.test("the shell client of docs/packet-v1.md opens a door", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = new RotatingDoor(scratch, "ssh", [alice], { packet: PORT });
  await serve(server, await scratch.config(door.text));
  await door.freshStep();
  const script = await shellClient(server.ipv4);
  await client.run(["sh", "-c", script], {
    env: { SECRET: formatSecret(door.secret(alice)) },
  });
  assert.deepEqual(await scratch.waitForLines("opened", 1), [`ssh alice ${client.ipv4}`]);
});

Deno.test("packets replayed, changed and wrong at full speed open nothing and fill no log", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const mallory = await net.host("mallory");
  const door = new RotatingDoor(scratch, "ssh", [alice], { packet: PORT, mode: "hotp" });
  const bell = new Bell(scratch);
  const config = await scratch.config(door.text + bell.text);
  const daemon = await serve(server, config);
  const from = (source: string, data: Uint8Array) =>
    datagramFrame(source, server.ipv4, PORT, data);
  const used = door.packet(alice, 0);
  await send(client, [from(client.ipv4, used)]);
  await scratch.waitForLines("opened", 1);

  const next = door.packet(alice, 1);
  const changed = Array.from({ length: 8 * next.length }, (_, bit) => {
    const copy = next.slice();
    copy[bit >> 3]! ^= 1 << (bit & 7);
    return from(mallory.ipv4, copy);
  });
  const replayed = [mallory.ipv4, client.ipv4].map((source) => from(source, used));
  await send(mallory, [...changed, ...replayed], { loops: 200 });
  assert.equal((await bell.ring(client, server.ipv4)).length, 1);
  assert.ok(daemon.lines.length < 40, daemon.lines.join("\n"));

  await send(client, [from(client.ipv4, next)]);
  const opened = (await scratch.waitForLines("opened", 3)).filter((line) =>
    line.startsWith("ssh ")
  );
  assert.deepEqual(opened, Array(2).fill(`ssh alice ${client.ipv4}`));
});

Deno.test("a right packet that is cut, in pieces, too long, elsewhere or another's opens nothing", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const mallory = await net.host("mallory");
  const settings = { packet: PORT, mode: "hotp" } as const;
  const free = new RotatingDoor(scratch, "free", [alice], settings);
  const bound = new RotatingDoor(scratch, "bound", [alice], {
    ...settings,
    bindSource: true,
  });
  const bell = new Bell(scratch);
  const daemon = await serve(
    server,
    await scratch.config(free.text + bound.text + bell.text),
  );
  const right = free.packet(alice, 0);
  const own = bound.packet(alice, 0, client.ipv6);
  const padded = (length: number) =>
    Uint8Array.from([...right, ...new Uint8Array(length)]);
  const datagram = (fields: Parameters<typeof udp>[0]) =>
    ipv4Frame(udp({ src: mallory.ipv4, dst: server.ipv4, dport: PORT, ...fields }));
  const other = { src: mallory.ipv4, dst: server.ipv4, dport: PORT };
  await send(mallory, [
    datagram({ data: right.subarray(0, 23) }),
    datagram({ data: right.subarray(8) }),
    datagram({ data: padded(1200 - right.length + 1) }),
    datagram({ data: right, dport: PORT + 1 }),
    datagram({ data: right, fragmentOffset: 1 }),
    datagram({ data: right, moreFragments: true }),
    datagram({ data: right, dst: client.ipv4 }),
    ipv4Frame(tcp({ ...other, flags: 24, data: right })),
  ], { loops: 20 });
  // Proofs are looked at four times a second.
  await send(mallory, [
    datagram({ data: bound.packet(alice, 0, client.ipv4) }),
    datagramFrame(mallory.ipv6, server.ipv6, PORT, own),
  ]);
  assert.deepEqual(await bell.ring(client, server.ipv4), []);
  assert.ok(daemon.lines.length < 40, daemon.lines.join("\n"));

  // None of it was used up: padded to the last byte it opens, and so does the bound one.
  await send(client, [
    datagramFrame(client.ipv4, server.ipv4, PORT, padded(1200 - right.length)),
    datagramFrame(client.ipv6, server.ipv6, PORT, own),
  ]);
  const opened = (await scratch.waitForLines("opened", 3)).filter((line) =>
    !line.startsWith("bell")
  );
  assert.deepEqual(opened.sort(), [
    `bound alice ${client.ipv6}`,
    `free alice ${client.ipv4}`,
  ]);
});
