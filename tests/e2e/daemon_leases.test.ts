/** What becomes of leases between real hosts, with a real firewall. */
import assert from "node:assert/strict";
import { knock, openings, Scratch, serve } from "../lab/daemon.ts";
import { KNOCKD, Network, type Process, sleep, waitFor } from "../lab/net.ts";

/** Generous: a busy machine is no fault of the daemon's. */
const PATIENCE_MS = 30_000;
const IPTABLES = (verb: string) =>
  `iptables -w -${verb} INPUT -s %IP% -p tcp --dport 22 -j ACCEPT`;

function count(daemon: Process, pattern: RegExp): number {
  return daemon.lines.filter((line) => pattern.test(line)).length;
}

/** A daemon whose config is a knockd.conf. */
async function serveClassic(
  scratch: Scratch,
  server: Parameters<typeof serve>[0],
  doors: string,
): Promise<Process> {
  const config = await scratch.write(
    "knockd.conf",
    `[options]\ninterface=eth0\n${doors}`,
  );
  const places = [
    "--state-dir",
    scratch.path("state"),
    "--control",
    scratch.path("sock"),
  ];
  const daemon = server.spawn([...KNOCKD, "serve", "-c", config, ...places]);
  await daemon.waitForLine(/listening on eth0 \(/, PATIENCE_MS);
  return daemon;
}

Deno.test("three opens of a classic door leave no rule, though its close-knock took one", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const daemon = await serveClassic(
    scratch,
    server,
    `[open]
sequence = 7000,8000,9000
start_command = ${IPTABLES("I")}
stop_command = ${IPTABLES("D")}
cmd_timeout = 600
tcpflags = syn
[close]
sequence = 9000,8000,7000
command = ${IPTABLES("D")}
tcpflags = syn
`,
  );
  const rules = async (number: number) => {
    const are = async () => (await openings(server)).length === number;
    await waitFor(are, PATIENCE_MS, `${number} rules`);
  };
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await rules(1);
  await knock(client, server.ipv4, 9000, 8000, 7000);
  await rules(0);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await rules(1);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await rules(2);
  await server.run([...KNOCKD, "close", "open", "--control", scratch.path("sock")]);
  await rules(0);
  assert.equal(count(daemon, /STILL OPEN/), 0, daemon.lines.join("\n"));
  assert.equal(await daemon.stop("SIGTERM", PATIENCE_MS), 0);
  assert.deepEqual(await openings(server), []);
});

Deno.test("IPv6 knocker of a door for IPv4 has its lease tried three times, and is forgotten", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const config = await scratch.config(`[doors.ssh]
sequence = "7000,8000,9000"
start_command = "${IPTABLES("I")}"
stop_command = "${IPTABLES("D")}"
cmd_timeout = 600
`);
  const daemon = await serve(server, config);
  await knock(client, server.ipv6, 7000, 8000, 9000);
  await daemon.waitForLine(/start command ended with 2, closing/, PATIENCE_MS);
  await daemon.waitForLine(/stop command failed 3 times/, PATIENCE_MS);
  assert.equal(count(daemon, /running command: iptables -w -D/), 3);
  assert.equal(count(daemon, /STILL OPEN/), 0);
  assert.equal(await daemon.stop("SIGTERM", PATIENCE_MS), 0);
  const next = await serve(server, config);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await next.waitForLine(/OPEN SESAME/, PATIENCE_MS);
  assert.equal(count(next, new RegExp(client.ipv6)), 0, next.lines.join("\n"));
  assert.equal(await next.stop("SIGTERM", PATIENCE_MS), 0);
  assert.deepEqual(await openings(server), []);
});

Deno.test("closes closes another door for its knocker, who can open it again at once", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const daemon = await serve(
    server,
    await scratch.config(`[doors.ssh]
sequence = "7000,8000,9000"
start_command = "${IPTABLES("I")}"
stop_command = "${IPTABLES("D")}"
cmd_timeout = 600
[doors.leave]
sequence = "9000,8000,7000"
closes = "ssh"
`),
  );
  for (let round = 1; round <= 2; round++) {
    await knock(client, server.ipv4, 7000, 8000, 9000);
    const open = async () => (await openings(server)).length === 1;
    await waitFor(open, PATIENCE_MS, `open, round ${round}`);
    await knock(client, server.ipv4, 9000, 8000, 7000);
    const closed = async () => (await openings(server)).length === 0;
    await waitFor(closed, PATIENCE_MS, `closed, round ${round}`);
  }
  assert.equal(await daemon.stop("SIGTERM", PATIENCE_MS), 0);
  assert.equal(count(daemon, /STILL OPEN|non-zero/), 0, daemon.lines.join("\n"));
});

/** A door that is open while a file is there; what is done before that is removed. */
async function fileDoor(scratch: Scratch, beforeClosing: string) {
  const open = scratch.path("open");
  const config = await scratch.config(`[doors.ssh]
sequence = "7000,8000,9000"
start_command = "touch ${open}"
stop_command = "${beforeClosing}; rm -f ${open}"
cmd_timeout = 600
`);
  return { config, isOpen: () => Deno.stat(open).then(() => true, () => false) };
}

Deno.test("asked twice at one time to end, as by a unit with its own kill, the daemon closes all the same", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const { config, isOpen } = await fileDoor(scratch, "sleep 0.1");
  const daemon = await serve(server, config);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await waitFor(isOpen, PATIENCE_MS, "the door to open");
  // Two of one kind at one time may be one.
  daemon.kill("SIGTERM");
  daemon.kill("SIGINT");
  assert.equal(await daemon.wait(), 0, daemon.lines.join("\n"));
  assert.equal(await isOpen(), false);
});

Deno.test("asked again to end the daemon goes at once, names what is open, and the next one closes it", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const hang = await scratch.write("hang", "");
  const hangs = `test -e ${hang} && exec sleep 3600`;
  const { config, isOpen } = await fileDoor(scratch, hangs);
  const daemon = await serve(server, config);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await waitFor(isOpen, PATIENCE_MS, "the door to open");
  daemon.kill("SIGTERM");
  await daemon.waitForLine(/running command: test/, PATIENCE_MS);
  for (; daemon.running; await sleep(100)) daemon.kill("SIGTERM");
  assert.equal(await daemon.wait(), 1);
  assert.equal(
    daemon.lines.at(-1),
    `${client.ipv4}: ssh: LEFT OPEN: told to end at once; the next start closes it`,
  );
  await Deno.remove(hang);
  const next = await serve(server, config);
  await waitFor(async () => !await isOpen(), PATIENCE_MS, "the door to close");
  assert.equal(await next.stop("SIGTERM", PATIENCE_MS), 0);
});
