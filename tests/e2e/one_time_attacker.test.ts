/** What those who see, or sit between, can do with each kind of door. */
import assert from "node:assert/strict";
import type { OtpSettings } from "../../lib/core/door.ts";
import { knock, recordingDoor, Scratch, serve } from "../lab/daemon.ts";
import { type Host, KNOCKD, Network, type Process } from "../lab/net.ts";
import { alice, Bell, RotatingDoor, User } from "../lab/one_time.ts";
import { Recorder, replay } from "../lab/recorder.ts";
import { routeThrough } from "../lab/router.ts";

/** Lines of a door whose sequences come from a file, recording as the others do. */
async function fileDoor(scratch: Scratch, name: string): Promise<string> {
  const file = await scratch.write("sequences", " 2001,2002,2003\n 3001,3002,3003\n");
  return recordingDoor(scratch, name, "7000").replace(
    /^sequence = .*$/m,
    `one_time_sequences = "${file}"`,
  );
}

Deno.test("a replayed knock opens a classic door, and no one-time door", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const eve = await net.host("eve");
  const clock = new RotatingDoor(scratch, "clock", [alice]);
  const count = new RotatingDoor(scratch, "count", [alice], { mode: "hotp" });
  const bound = new RotatingDoor(scratch, "bound", [alice], { bindSource: true });
  const bell = new Bell(scratch);
  const daemon = await serve(
    server,
    await scratch.config([
      recordingDoor(scratch, "classic", "7000,8000,9000"),
      await fileDoor(scratch, "file"),
      ...[clock, count, bound, bell].map(({ text }) => text),
    ].join("")),
  );
  const uris = [clock, count, bound].map((door) => door.uri(alice, server.ipv4));
  await using user = await User.create(KNOCKD, client, ...uris);

  const recorder = await Recorder.start(server, server, scratch.path("sniffed.pcap"));
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await scratch.waitForLines("opened", 1);
  await knock(client, server.ipv4, 2001, 2002, 2003);
  for (const door of ["clock", "count", "bound"]) {
    await user.knockd(["knock", server.ipv4, "--otp", "--door", door]);
  }
  // The first port of a bound door is hit twice.
  await recorder.ports(22);
  await recorder.stop();
  const rightful = ["classic", "file", "clock alice", "count alice", "bound alice"]
    .map((who) => `${who} ${client.ipv4}`);
  assert.deepEqual(await bell.ring(eve, server.ipv4), rightful);

  const again = async (changes: Parameters<typeof replay>[2]) => {
    const from = daemon.lines.length;
    await replay(eve, recorder.file, changes);
    const opened = await bell.ring(eve, server.ipv4);
    return { opened, log: daemon.lines.slice(from) };
  };
  // The very same packets are copies, which no network is blamed for.
  const copies = await again({});
  assert.deepEqual(copies.opened, rightful);

  const renewed = await again({ renumber: true });
  assert.deepEqual(renewed.opened, [...rightful, `classic ${client.ipv4}`]);
  // Sent again by who completed it, in the time of a knock: no alarm.
  assert.deepEqual(refusedDoors(renewed.log, client), []);

  const elsewhere = await again({ source: [client.ipv4, eve.ipv4] });
  const stolen = [`classic ${client.ipv4}`, `classic ${eve.ipv4}`];
  assert.deepEqual(elsewhere.opened, [...rightful, ...stolen]);
  // With another source, a bound door's ports are no sequence at all.
  assert.deepEqual(refusedDoors(elsewhere.log, eve), ["clock", "count"]);
});

/** The doors that refused a host, saying that the sequence was used. */
function refusedDoors(log: readonly string[], host: Host): string[] {
  const refused = /^(\S+): (\w+): refused \(alice\): this sequence.* was used already$/;
  return log.flatMap((line) => {
    const [, ip, door] = refused.exec(line) ?? [];
    return ip === host.ipv4 ? [door!] : [];
  }).sort();
}

/** A client, a server, and a man in the middle who holds back every fifth SYN. */
async function middle(
  net: Network,
  scratch: Scratch,
  settings: Partial<OtpSettings>,
) {
  const server = await net.host("server");
  const client = await net.host("client");
  const mallory = await net.host("mallory");
  const ringer = await net.host("ringer");
  await routeThrough(mallory, client, server);
  const fifth = ["-m", "statistic", "--mode", "nth", "--every", "5", "--packet", "4"];
  const match = ["-d", server.ipv4, "-p", "tcp", "--syn", ...fifth];
  const hold = (verb: string) =>
    mallory.run(["iptables", "-w", verb, "FORWARD", ...match, "-j", "DROP"]);
  await hold("-A");
  const door = new RotatingDoor(scratch, "ssh", [alice], settings);
  const bell = new Bell(scratch);
  const daemon = await serve(server, await scratch.config(door.text + bell.text));
  const user = await User.create(KNOCKD, client, door.uri(alice, server.ipv4));
  const recorder = await Recorder.start(mallory, server, scratch.path("seen.pcap"));

  await user.knockd(["knock", server.ipv4, "--otp"]);
  const ports = await recorder.ports(5);
  await daemon.waitForLine(new RegExp(`${client.ipv4}: ssh: Stage 4$`));
  return {
    server,
    client,
    mallory,
    daemon,
    user,
    /** Lets everything pass from now on. */
    retire: () => hold("-D"),
    /** The five ports, the last of which has not arrived. */
    ports,
    /** What is open when the server has seen all that was sent. */
    opened: () => bell.ring(ringer, server.ipv4),
    [Symbol.asyncDispose]: () => user[Symbol.asyncDispose](),
  };
}

/** Sends the held back packet on, as coming from the client. */
async function release(stage: Awaited<ReturnType<typeof middle>>): Promise<void> {
  const { mallory, client, server, ports } = stage;
  const spoofed = ["-a", client.ipv4, "-p", ports[4]!];
  await mallory.run(["hping3", "-c", "1", "-S", ...spoofed, server.ipv4], {
    check: false,
  });
}

Deno.test("a man in the middle who holds back the last packet opens an unbound door to himself", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  await using stage = await middle(net, scratch, {});
  const { server, client, mallory, daemon, ports, opened } = stage;
  assert.deepEqual(await opened(), [], "the client has been kept out");
  await knock(mallory, server.ipv4, ports[4]!);
  assert.deepEqual(await opened(), [], "one packet of his own completes nothing");
  await knock(mallory, server.ipv4, ...ports);
  assert.deepEqual(await opened(), [`ssh alice ${mallory.ipv4}`]);
  await release(stage);
  await usedBy(daemon, client);
  assert.equal((await opened()).length, 1);
});

async function usedBy(daemon: Process, host: Host): Promise<void> {
  await daemon.waitForLine(new RegExp(`^${host.ipv4}: ssh: refused .* used already$`));
}

Deno.test("a man in the middle can't open a bound door to himself, but to its client", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  await using stage = await middle(net, scratch, { bindSource: true });
  const { server, client, mallory, daemon, ports, opened } = stage;
  await knock(mallory, server.ipv4, ...ports);
  await knock(mallory, server.ipv4, ...ports);
  assert.deepEqual(await opened(), []);
  await release(stage);
  assert.deepEqual(await opened(), [`ssh alice ${client.ipv4}`]);
  await knock(mallory, server.ipv4, ...ports);
  assert.equal((await opened()).length, 1);
  assert.deepEqual(refusedDoors(daemon.lines, mallory), []);
});

Deno.test("a sequence that was held back is good until its client's next knock", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  await using stage = await middle(net, scratch, { mode: "hotp" });
  const { server, client, mallory, user, ports, opened } = stage;
  await stage.retire();
  await user.knockd(["knock", server.ipv4, "--otp"]);
  assert.deepEqual(await opened(), [`ssh alice ${client.ipv4}`]);
  await knock(mallory, server.ipv4, ...ports);
  assert.equal((await opened()).length, 1);
});

Deno.test("whoever completes a sequence of a file first gets in, once, by his own address", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const mallory = await net.host("mallory");
  const bell = new Bell(scratch);
  const config = await scratch.config(await fileDoor(scratch, "file") + bell.text);
  await serve(server, config);
  // All but the last packet, which is held back.
  await knock(client, server.ipv4, 2001, 2002);
  await knock(mallory, server.ipv4, 2001, 2002, 2003);
  await knock(client, server.ipv4, 2003);
  await knock(mallory, server.ipv4, 2001, 2002, 2003);
  assert.deepEqual(await bell.ring(client, server.ipv4), [`file ${mallory.ipv4}`]);
});

Deno.test("packets forged in a client's name can void its knock, and the log tells", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const eve = await net.host("eve");
  const door = new RotatingDoor(scratch, "ssh", [alice]);
  const daemon = await serve(server, await scratch.config(door.text));
  const ports = door.ports(alice, await door.freshStep());
  await knock(client, server.ipv4, ...ports.slice(0, 3));
  const forged = ["-c", "3", "-i", "u1000", "-S", "-a", client.ipv4, "-p", "++2001"];
  await eve.run(["hping3", ...forged, server.ipv4], { check: false });
  await knock(client, server.ipv4, ...ports.slice(3));
  await daemon.waitForLine(/ssh: refused \(alice\): .* 3 other ports were hit meanwhile/);
  assert.deepEqual(await scratch.lines("opened"), []);
});

Deno.test("whoever is on the path uses the address that any door was opened for", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const mallory = await net.host("mallory");
  await routeThrough(mallory, client, server);
  await routeThrough(mallory, server, client);
  await server.dropIncoming();
  await server.listen(22);
  const open = 'command = "iptables -w -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT"';
  const door = new RotatingDoor(scratch, "ssh", [alice], { bindSource: true }, [open]);
  await serve(server, await scratch.config(door.text));
  await using user = await User.create(KNOCKD, client, door.uri(alice, server.ipv4));
  await user.knockd(["knock", server.ipv4, "--otp", "--wait-port", "22"]);
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
  const disguise = ["-d", server.ipv4, "-j", "SNAT", "--to-source", client.ipv4];
  await mallory.run(["iptables", "-w", "-t", "nat", "-A", "POSTROUTING", ...disguise]);
  assert.equal(await mallory.canConnect(server.ipv4, 22, 5000), true);
});
