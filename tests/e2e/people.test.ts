/** Who shares an address with a knocker, or claims to: scanners, neighbours, forgers. */
import assert from "node:assert/strict";
import {
  firewallDoor,
  knock,
  openings,
  recordingDoor,
  Scratch,
  serve,
} from "../lab/daemon.ts";
import { hitFrame, send } from "../lab/frames_sent.ts";
import { KNOCKD, Network, waitFor } from "../lab/net.ts";
import { alice, Bell, bob, RotatingDoor, User } from "../lab/one_time.ts";
import { masquerade, routeThrough } from "../lab/router.ts";

/** Commands of a rotating door that let the knocker in at a port. */
function letIn(port: number): string[] {
  const rule = (verb: string) =>
    `"iptables -w ${verb} INPUT -s %IP% -p tcp --dport ${port} -j ACCEPT"`;
  return [`start_command = ${rule("-I")}`, `stop_command = ${rule("-D")}`];
}

Deno.test("two users behind one address open two doors at the same moment", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const router = await net.host("router");
  const clients = [await net.host("alice"), await net.host("bob")];
  for (const client of clients) await routeThrough(router, client, server);
  await masquerade(router);
  await server.dropIncoming();
  await server.listen(22);
  await server.listen(80);
  const members = [alice, bob];
  const doors = [22, 80].map((port, i) => {
    const settings = { mode: "hotp", lookAhead: 30 } as const;
    return new RotatingDoor(scratch, `door${i}`, [members[i]!], settings, letIn(port));
  });
  const classic = recordingDoor(scratch, "a", "7000,8000,9000") +
    recordingDoor(scratch, "b", "7001,8001,9001");
  await serve(
    server,
    await scratch.config(classic + doors.map(({ text }) => text).join("")),
  );

  // In turns: each meets two foreign ports, the other's, which are tolerated.
  for (const port of [7000, 8000, 9000]) {
    for (const [i, client] of clients.entries()) {
      await knock(client, server.ipv4, port + i);
    }
  }
  const opened = await scratch.waitForLines("opened", 2);
  assert.deepEqual(opened.toSorted(), [`a ${router.ipv4}`, `b ${router.ipv4}`]);

  // At once: they may well void each other's knocks, and knock again.
  await Promise.all(clients.map(async (client, i) => {
    const uri = doors[i]!.uri(members[i]!, server.ipv4);
    await using user = await User.create(KNOCKD, client, uri);
    const port = ["22", "80"][i]!;
    const wait = ["--wait-port", port, "--retries", "3"];
    await user.knockd(["knock", server.ipv4, "--otp", ...wait], { timeout: 30_000 });
  }));
  const rules = (await openings(server)).join("\n");
  assert.match(rules, /--dport 22 /);
  assert.match(rules, /--dport 80 /);
});

Deno.test("a port scan from the knocker's own address does not spoil the knock after it", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const rotating = new RotatingDoor(scratch, "rotating", [alice], { mode: "hotp" });
  const bell = new Bell(scratch);
  await serve(
    server,
    await scratch.config(
      recordingDoor(scratch, "ssh", "7000,8000,9000") + rotating.text + bell.text,
    ),
  );
  const expected: string[] = [];
  for (let counter = 0; counter < 3; counter++) {
    const ports = rotating.ports(alice, counter);
    // So many that it is no knock whose counter would be spent.
    const range = ["5000-7300,7900-9900", ...ports.toSorted()].join();
    // Up to the very moment: the scan's ports are those of the doors.
    const argv = ["nmap", "-n", "-Pn", "-T5", "--max-retries", "0", "-sS", "-p", range];
    await client.run([...argv, server.ipv4]);
    // The scan hit all ports of the rotating door, with others between them.
    const byScan = await bell.ring(client, server.ipv4);
    assert.equal(byScan.length, expected.length, "the scan opens nothing");
    // Twice, as our client does: the first port and what the scan hit make a knock, too.
    await knock(client, server.ipv4, ...ports);
    await knock(client, server.ipv4, ...ports);
    await knock(client, server.ipv4, 7000, 8000, 9000);
    expected.push(`rotating alice ${client.ipv4}`, `ssh ${client.ipv4}`);
    // Two commands that run side by side write in either order.
    const opened = await bell.ring(client, server.ipv4);
    assert.deepEqual(opened.toSorted(), expected.toSorted());
  }
});

Deno.test("fifty connections of the knocker do not disturb the knock", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.listen(2222);
  await serve(
    server,
    await scratch.config(
      recordingDoor(scratch, "syn", "7000,8000,9000") +
        // Counts every packet of every connection.
        recordingDoor(scratch, "any", "7001,8001,9001", 'tcpflags = ""'),
    ),
  );
  const talk = `for i in $(seq 50); do
      exec {fd}<>/dev/tcp/${server.ipv4}/2222; fds="$fds $fd"; done
    echo open
    while :; do for fd in $fds; do echo x >&$fd; done; sleep 0.01; done`;
  const talker = client.spawn(["bash", "-c", talk]);
  await talker.waitForLine(/^open$/);
  for (let times = 1; times <= 3; times++) {
    await knock(client, server.ipv4, 7000, 8000, 9000);
    await knock(client, server.ipv4, 7001, 8001, 9001);
    await scratch.waitForLines("opened", 2 * times);
  }
  await talker.stop();
  const both = ["syn", "any"].map((door) => `${door} ${client.ipv4}`);
  const opened = await scratch.lines("opened");
  // Commands that run side by side write in any order.
  assert.deepEqual(opened.toSorted(), [...both, ...both, ...both].toSorted());
});

Deno.test("packets forged in the knocker's name harm no more than tolerance says, and not the retry", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const forger = await net.host("forger");
  const daemon = await serve(
    server,
    await scratch.config(recordingDoor(scratch, "ssh", "7000,8000,9000")),
  );
  let serial = 0, opened = 0;
  const forge = (...ports: number[]) =>
    send(forger, ports.map((port) => hitFrame(client.ipv4, server.ipv4, port, ++serial)));
  const rows: [why: string, forged: number[], opens: boolean][] = [
    ["two foreign ports are tolerated", [7100, 7200], true],
    ["and a hundred packets to them too", Array(50).fill([7100, 7200]).flat(), true],
    ["three are too many", [7100, 7200, 7300], false],
    ["a port of the sequence out of its turn spoils it", [7000], false],
    ["the last one of a sequence opens it, for the knocker alone", [9000], true],
  ];
  for (const [why, forged, opens] of rows) {
    await knock(client, server.ipv4, 7000, 8000);
    await forge(...forged);
    await knock(client, server.ipv4, 9000);
    if (opens) await scratch.waitForLines("opened", ++opened);
    // The client sees its port closed and knocks again.
    await knock(client, server.ipv4, 7000, 8000, 9000);
    assert.equal((await scratch.waitForLines("opened", ++opened)).length, opened, why);
  }
  await daemon.waitForLine(/3 other ports were hit meanwhile, the door tolerates 2/);
});

Deno.test("the client's own retry gets past a forger who spoils its knock", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const forger = await net.host("forger");
  await server.dropIncoming();
  await server.listen(22);
  const door = new RotatingDoor(scratch, "ssh", [alice], { mode: "hotp" }, letIn(22));
  const config = await scratch.config(
    door.text + firewallDoor("other", "7001,8001,9001", 60, 80),
  );
  const daemon = await serve(server, config);
  await using user = await User.create(KNOCKD, client, door.uri(alice, server.ipv4));
  // All over the port range, from before the knock until it has been refused once.
  let spoiling = true;
  const frames = Array.from(
    { length: 4000 },
    (_, i) => hitFrame(client.ipv4, server.ipv4, 20_000 + i * 7 % 9000, i),
  );
  const spoil = (async () => {
    while (spoiling) await send(forger, frames, { perSecond: 4000 });
  })();
  const argv = ["knock", server.ipv4, "--otp", "--wait-port", "22", "--retries", "3"];
  const knocking = user.spawn([...argv, "-d", "20"]);
  await daemon.waitForLine(/other (ports were hit meanwhile|packets came amid)/, 20_000);
  spoiling = false;
  assert.equal(await knocking.wait(), 0, knocking.stderr);
  await spoil;
  await waitFor(async () => (await openings(server)).length === 1);
});
