/** The examples of knockd(1), run by knockd 0.8's own command line. */
import assert from "node:assert/strict";
import { classically, knock, openings, Scratch } from "../lab/daemon.ts";
import { type Host, KNOCKD, Network, repeatUntil, waitFor } from "../lab/net.ts";

/** Debian's daemon, for comparison. */
const DEBIAN = ["/usr/sbin/knockd"];

/** Starts a daemon in the background as a service would, with -p and -v; gives its PID. */
async function start(host: Host, program: readonly string[], scratch: Scratch) {
  const [config, pidFile] = [scratch.path("knockd.conf"), scratch.path("knockd.pid")];
  const args = ["-d", "-i", "eth0", "-c", config, "-p", pidFile, "-v"];
  await host.run(classically(program, ...args), { timeout: 20_000 });
  await waitFor(
    async () => (await scratch.lines("knockd.pid")).length === 1,
    20_000,
    "PID",
  );
  await waitFor(async () => (await log(scratch)).length > 0, 20_000, "the log");
  return Number((await scratch.lines("knockd.pid"))[0]);
}

/** The log without its times, whose shape is checked. */
async function log(scratch: Scratch, name = "knockd.log"): Promise<string[]> {
  return (await scratch.lines(name)).map((line) => {
    const [, text] = /^\[\d{4}-\d\d-\d\d \d\d:\d\d\] (.*)$/.exec(line) ?? [];
    assert.ok(text !== undefined, `not knockd's shape: ${line}`);
    return text;
  });
}

async function waitForLog(scratch: Scratch, line: string): Promise<void> {
  const has = async () => (await log(scratch)).includes(line);
  await waitFor(has, 20_000, `${line} in ${scratch.path("knockd.log")}`);
}

async function ended(pid: number): Promise<void> {
  const gone = () => Deno.stat(`/proc/${pid}`).then(() => false, () => true);
  await waitFor(gone, 20_000, "the daemon's end");
}

const rule = (verb: string, more: string) =>
  `/usr/sbin/iptables ${verb} INPUT -s %IP% -p tcp ${more} -j ACCEPT`;

/** A door that opens once the daemon is through with what came before. */
const fenceDoor = (scratch: Scratch, door: string, ports: readonly number[]) => `
[${door}]
  sequence = ${ports}
  tcpflags = syn
  command = echo opened >> ${scratch.path(door)}
`;

const exampleOne = (scratch: Scratch) => `
[options]
\tlogfile = ${scratch.path("knockd.log")}

[openSSH]
\tsequence    = 7000,8000,9000
\tseq_timeout = 10
\ttcpflags    = syn
\tcommand     = ${rule("-A", "--dport 22")}

[closeSSH]
\tsequence    = 9000,8000,7000
\tseq_timeout = 10
\ttcpflags    = syn
\tcommand     = ${rule("-D", "--dport 22")}
`;

Deno.test("example 1 of knockd(1) opens and closes SSH, with knockd's lines in the log", async () => {
  const logs: string[][] = [];
  for (const program of [DEBIAN, KNOCKD]) {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    await server.dropIncoming();
    await scratch.write("knockd.conf", exampleOne(scratch));
    const pid = await start(server, program, scratch);
    // Debian's hears a moment after it says so, and amid a knock what closes the door.
    const probe = await net.host("probe");
    const isProbe = (line: string) => line.startsWith(`${probe.ipv4}: `);
    await repeatUntil(
      async () => (await log(scratch)).some(isProbe),
      () => knock(probe, server.ipv4, 7000),
    );
    await knock(client, server.ipv4, 7000, 8000, 9000);
    await waitFor(async () => (await openings(server)).length === 1, 20_000, "open");
    await knock(client, server.ipv4, 9000, 8000, 7000);
    await waitFor(async () => (await openings(server)).length === 0, 20_000, "closed");
    Deno.kill(pid, "SIGTERM");
    await ended(pid);
    assert.deepEqual(await scratch.lines("knockd.pid"), [], "the PID file is gone");
    logs.push((await log(scratch)).filter((line) => !isProbe(line)));
  }
  // Ours has more lines: it lets each door count alone.
  const [theirs = [], ours = []] = logs;
  let from = 0;
  for (const line of theirs) {
    // That it listens ours says when it does.
    const wanted = line.replace("starting up, listening on", "starting up, interface");
    const at = ours.indexOf(wanted, from);
    assert.ok(
      at >= from,
      `${line} is missing after ${ours[from - 1]} in\n${ours.join("\n")}`,
    );
    from = at + 1;
  }
  assert.equal(theirs.length, 12);
});

Deno.test("example 2 of knockd(1): UDP and SYN-ACK open, and the stop command closes", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  await scratch.write(
    "knockd.conf",
    `[options]
  logfile = ${scratch.path("knockd.log")}
[opencloseSSH]
  sequence      = 2222:udp,3333:tcp,4444:udp
  seq_timeout   = 15
  tcpflags      = syn,ack
  start_command = ${rule("-A", "--syn")}
  cmd_timeout   = 2
  stop_command  = ${rule("-D", "--syn")}
`,
  );
  const pid = await start(server, KNOCKD, scratch);
  const hping = (...args: string[]) =>
    client.run(["hping3", "-c", "1", ...args, server.ipv4], { check: false });
  const hits = async (tcp: string[]) => {
    await hping("-2", "-p", "2222");
    await hping(...tcp, "-p", "3333");
    await hping("-2", "-p", "4444");
  };
  await hits(["-S"]);
  const sesame = `${client.ipv4}: opencloseSSH: OPEN SESAME`;
  assert.ok(!(await log(scratch)).includes(sesame), "a SYN alone is no hit");
  await hits(["-S", "-A"]);
  await waitForLog(scratch, sesame);
  await waitFor(async () => (await openings(server)).length === 1, 20_000, "open");
  await waitFor(async () => (await openings(server)).length === 0, 20_000, "closed");
  await waitForLog(scratch, `${client.ipv4}: opencloseSSH: command timeout, closing`);
  Deno.kill(pid, "SIGTERM");
  await ended(pid);
});

Deno.test("SIGHUP rereads knockd.conf and opens the log anew", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const config = await scratch.write("knockd.conf", exampleOne(scratch));
  const pid = await start(server, KNOCKD, scratch);
  await Deno.rename(scratch.path("knockd.log"), scratch.path("knockd.log.1"));
  await scratch.write("knockd.conf", exampleOne(scratch).replace("7000,", "7070,"));
  Deno.kill(pid, "SIGHUP");
  await waitForLog(scratch, `re-reading config file: ${config}`);
  // It is in force a moment later.
  await repeatUntil(
    async () => (await log(scratch)).includes(`${client.ipv4}: openSSH: OPEN SESAME`),
    () => knock(client, server.ipv4, 7070, 8000, 9000),
  );
  assert.ok(!(await log(scratch, "knockd.log.1")).join().includes("SESAME"));
  Deno.kill(pid, "SIGTERM");
  await ended(pid);
});

Deno.test("one-time sequences are used up as Debian's knockd uses them up", async () => {
  // One stays unused to the end: without any left, Debian's knockd dies.
  const sequences =
    " 7001,8001,9001\n# 1,2,3\n\n 7002:udp,8002,9002\n7003,8003,9003\n 1,2,3\n";
  const knocks = [
    [7002, 8002, 9002], // not yet: the first is next
    [7001, 8001, 9001],
    [7001, 8001, 9001], // used
    ["7002:udp", 8002, 9002],
    [7002, 8002, 9002],
    [7003, 8003, 9003],
  ];
  const fences = ["begin", ...knocks.keys()].map((name, i) =>
    [`fence_${name}`, 1001 + 10 * i, 1002 + 10 * i] as const
  );
  const results: unknown[] = [];
  for (const program of [DEBIAN, KNOCKD]) {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    await scratch.write("sequences", sequences);
    await scratch.write(
      "knockd.conf",
      `[options]
  logfile = ${scratch.path("knockd.log")}
[once]
  one_time_sequences = ${scratch.path("sequences")}
  tcpflags = syn
  command = echo opened >> ${scratch.path("opened")}
${fences.map(([door, ...ports]) => fenceDoor(scratch, door, ports)).join("")}`,
    );
    await start(server, program, scratch);
    // Debian's is deaf for a moment when it looks for the next sequence's ports.
    const passed = async ([door, ...ports]: readonly [string, number, number]) =>
      await repeatUntil(
        async () => (await scratch.lines(door)).length > 0,
        () => knock(client, server.ipv4, ...ports),
      );
    await passed(fences[0]!);
    const history: unknown[] = [];
    for (const [i, ports] of knocks.entries()) {
      await knock(client, server.ipv4, ...ports);
      await passed(fences[i + 1]!);
      const file = await Deno.readTextFile(scratch.path("sequences"));
      const said = (await log(scratch)).filter((line) => line.includes("once: OPEN"));
      history.push([said.length, file]);
    }
    await scratch.waitForLines("opened", 3);
    results.push(history);
  }
  assert.deepEqual(results[1], results[0]);
});
