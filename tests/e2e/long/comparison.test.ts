/** What docs/comparison.md says of us and of others, with Debian's knockd and fwknop. */
import assert from "node:assert/strict";
import { knock, recordingDoor, Scratch, serve } from "../../lab/daemon.ts";
import { knockUntilOpen, sshConfig, waitUntilShut } from "../../lab/kernel_host.ts";
import {
  type Host,
  Network,
  type Process,
  repeatUntil,
  run,
  sleep,
  waitFor,
} from "../../lab/net.ts";

const KNOCK = [7000, 8000, 9000];
const SPA_PORT = 62201;
const KEYS = { rijndael: btoa("r".repeat(32)), hmac: btoa("h".repeat(32)) };

/** Debian's knockd with one door. */
async function debianKnockd(host: Host, scratch: Scratch, door: string) {
  const config = await scratch.write("knockd.conf", `[door]\n${door}`);
  const daemon = host.spawn([
    "/usr/sbin/knockd",
    "-i",
    "eth0",
    "-c",
    config,
    "-D",
  ]);
  await daemon.waitForLine(/adding pcap expression/, 20_000);
  return daemon;
}

/** Debian's fwknopd, and one packet for it. */
async function fwknop(server: Host, client: Host, scratch: Scratch, access: string) {
  const keys = `KEY_BASE64 ${KEYS.rijndael}\nHMAC_KEY_BASE64 ${KEYS.hmac}\n`;
  const files = {
    access: await scratch.write("access.conf", `SOURCE ANY\n${keys}${access}`),
    config: await scratch.write("fwknopd.conf", "PCAP_INTF eth0;\n"),
  };
  const start = async () => {
    const argv = ["fwknopd", "--foreground", "--config-file", files.config];
    argv.push("--access-file", files.access, "--run-dir", scratch.directory);
    argv.push("--digest-file", scratch.path("digest"));
    argv.push("--pid-file", scratch.path("fwknopd.pid"));
    const daemon = server.spawn(argv);
    await daemon.waitForLine(/Starting fwknopd main event loop/, 20_000);
    return daemon;
  };
  const packet = scratch.path("spa");
  await client.run([
    ...["fwknop", "--test", "--save-packet", packet, "--destination", server.ipv4],
    ...["--access", "tcp/22", "--allow-ip", client.ipv4, "--use-hmac"],
    ...["--key-base64-rijndael", KEYS.rijndael, "--key-base64-hmac", KEYS.hmac],
  ], { env: { HOME: scratch.directory } });
  const send = (from: Host) =>
    from.run(["bash", "-c", `head -n1 ${packet} | tr -d '\\n' > /dev/udp/$0/$1`].concat(
      [server.ipv4, `${SPA_PORT}`],
    ));
  return { start, send };
}

/** Kills every process on a host that runs a program. */
async function killAll(host: Host, program: string): Promise<void> {
  const { stdout } = await run(["ip", "netns", "pids", host.namespace]);
  for (const pid of stdout.split("\n").filter(Boolean)) {
    const path = await Deno.readLink(`/proc/${pid}/exe`).catch(() => "");
    if (path === program) Deno.kill(Number(pid), "SIGKILL");
  }
}

async function opened(scratch: Scratch, line: string): Promise<boolean> {
  return (await scratch.lines("opened")).includes(line);
}

Deno.test("whoever repeats a classic knock gets in, here and at knockd 0.8", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const alice = await net.host("alice");
  const mallory = await net.host("mallory");
  const command = `echo "theirs %IP%" >> ${scratch.path("opened")}`;
  const door = `sequence = ${KNOCK}\ntcpflags = syn\ncommand = ${command}\n`;
  await debianKnockd(server, scratch, door);
  await serve(
    server,
    await scratch.config(recordingDoor(scratch, "ours", `${KNOCK}`)),
  );
  for (const who of [alice, mallory]) {
    await repeatUntil(
      async () =>
        await opened(scratch, `ours ${who.ipv4}`) &&
        await opened(scratch, `theirs ${who.ipv4}`),
      () => knock(who, server.ipv4, ...KNOCK),
    );
  }
});

Deno.test("whoever repeats a packet of fwknop's does not get in", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const alice = await net.host("alice");
  const mallory = await net.host("mallory");
  const ring = await scratch.write(
    "ring",
    `#!/bin/sh\necho "$1" >> ${scratch.path("opened")}\n`,
  );
  await Deno.chmod(ring, 0o755);
  const cycle = `CMD_CYCLE_OPEN ${ring} $SRC\nCMD_CYCLE_CLOSE NONE\n`;
  const { start, send } = await fwknop(server, alice, scratch, cycle);
  const daemon = await start();
  await repeatUntil(() => opened(scratch, alice.ipv4), () => send(alice));
  const before = daemon.lines.length;
  const refused = () => daemon.lines.slice(before).some((line) => /replay/i.test(line));
  await repeatUntil(refused, () => send(mallory));
  assert.deepEqual(await scratch.lines("opened"), [alice.ipv4]);
});

Deno.test("one scan opens the example of knockd 0.8's manual there, and nothing here", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const scanner = await net.host("scanner");
  const command = `echo theirs >> ${scratch.path("opened")}`;
  const door =
    `sequence = ${KNOCK}\nseq_timeout = 15\ntcpflags = syn\ncommand = ${command}\n`;
  await debianKnockd(server, scratch, door);
  await serve(server, await scratch.config(recordingDoor(scratch, "ours", `${KNOCK}`)));
  const range = ["-p", "6990-7010,7990-8010,8990-9010"];
  const scan = ["nmap", "-n", "-Pn", "-sS", "-r", "--max-retries", "0", ...range];
  await repeatUntil(
    () => opened(scratch, "theirs"),
    () => scanner.run([...scan, server.ipv4]),
  );
  const ours = `ours ${scanner.ipv4}`;
  assert.equal(await opened(scratch, ours), false);
  // Shows that ours has heard it all.
  await repeatUntil(
    () => opened(scratch, ours),
    () => knock(scanner, server.ipv4, ...KNOCK),
  );
});

Deno.test("after kill -9 of all of it the kernel closes here, and nobody at knockd 0.8 and fwknop", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const alice = await net.host("alice");
  await server.listen(22);
  const rules = async () => (await server.run(["iptables", "-S"])).stdout;
  const left = async (mark: string) => (await rules()).includes(mark);
  const rule = (verb: string) =>
    `/usr/sbin/iptables -w ${verb} INPUT -s %IP% -p tcp --dport 2222 -j ACCEPT`;
  const theirs = await debianKnockd(
    server,
    scratch,
    "sequence = 7001,8001,9001\ntcpflags = syn\ncmd_timeout = 6\n" +
      `start_command = ${rule("-I")}\nstop_command = ${rule("-D")}\n`,
  );
  const access = "OPEN_PORTS tcp/22\nFW_ACCESS_TIMEOUT 6\n";
  const spa = await fwknop(server, alice, scratch, access);
  const fwknopd = await spa.start();
  const ours = await serve(server, await sshConfig(scratch, 6));

  await knockUntilOpen(alice, server.ipv4);
  const kill = (daemon: Process) => daemon.stop("SIGKILL");
  await kill(ours);
  await repeatUntil(
    () => left("2222"),
    () => knock(alice, server.ipv4, 7001, 8001, 9001),
  );
  // Its children would close what they opened; a service's end ends them too.
  await kill(theirs);
  await killAll(server, "/usr/sbin/knockd");
  const comment = "_exp_";
  await repeatUntil(() => left(comment), () => spa.send(alice));
  await kill(fwknopd);

  await waitUntilShut(alice, server.ipv4);
  // Twice the time that their doors were to be open.
  await sleep(12_000);
  assert.ok(await left("2222"), "knockd 0.8's rule");
  assert.ok(await left(comment), "fwknop's rule");
  await spa.start();
  await waitFor(async () => !await left(comment), 20_000, "fwknop's next start");
});
