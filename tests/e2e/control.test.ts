import assert from "node:assert/strict";
import * as daemons from "../lab/daemon.ts";
import { afterwards, firewallDoor, knock, openings, Scratch } from "../lab/daemon.ts";
import { type Host, KNOCKD, Network, type Process, waitFor } from "../lab/net.ts";
import type { Status } from "../../lib/server/status.ts";

const DOORS = firewallDoor("ssh", "7000,8000,9000", 300) +
  firewallDoor("web", "1000,2000", 300, 80);

/** Asks the daemon whose control socket is in the scratch directory. */
function ask(host: Host, scratch: Scratch, ...args: string[]) {
  const command = [...KNOCKD, ...args, "--control", scratch.path("sock")];
  return host.run(command, { check: false });
}

/** Starts a daemon; it hears, and answers, when this resolves. */
async function serve(
  host: Host,
  scratch: Scratch,
  config: string,
  args: readonly string[] = [],
): Promise<Process> {
  const daemon = await daemons.serve(host, config, args);
  const answers = () => Deno.stat(scratch.path("sock")).then(() => true, () => false);
  await waitFor(answers, 20_000);
  return daemon;
}

async function status(host: Host, scratch: Scratch): Promise<Status> {
  return JSON.parse((await ask(host, scratch, "status", "--json")).stdout);
}

Deno.test("status tells what the daemon hears and what is open, close closes it", async () => {
  await using net = await Network.create();
  await using scratch = await Scratch.create();
  const server = await net.host("server");
  const alice = await net.host("alice");
  const bob = await net.host("bob");
  const daemon = await serve(server, scratch, await scratch.config(DOORS));
  for (
    const [host, ports] of [[alice, [7000, 8000, 9000]], [bob, [1000, 2000]]] as const
  ) {
    await afterwards(daemon, /running command/, () => knock(host, server.ipv4, ...ports));
  }
  await waitFor(async () => (await openings(server)).length === 2, 20_000);

  const now = await status(server, scratch);
  assert.deepEqual(now.interfaces.map(({ hears }) => hears), [true]);
  assert.deepEqual(now.doors.map(({ name }) => name), ["ssh", "web"]);
  assert.deepEqual(now.leases.map(({ door, ip }) => `${door} ${ip}`).sort(), [
    `ssh ${alice.ipv4}`,
    `web ${bob.ipv4}`,
  ]);
  assert.ok(now.leases.every(({ left }) => left > 200 && left <= 300));
  assert.equal(now.opened, 2);
  const text = (await ask(server, scratch, "status")).stdout;
  assert.match(text, new RegExp(`ssh  ${alice.ipv4}.*closes in (5m|4m)`));

  const { stdout } = await ask(server, scratch, "status", "--metrics");
  assert.match(stdout, /^knockd_openings_total\{door="ssh"\} 1\n[^]*# EOF\n$/m);

  const closed = await ask(server, scratch, "close", "ssh", alice.ipv4);
  assert.equal(closed.stdout, "closed 1 lease\n");
  assert.deepEqual((await openings(server)).length, 1);
  assert.equal((await ask(server, scratch, "close", "--all")).stdout, "closed 1 lease\n");
  assert.deepEqual(await openings(server), []);
});

Deno.test("control commands say what is wrong, with their exit code", async () => {
  await using net = await Network.create();
  await using scratch = await Scratch.create();
  const server = await net.host("server");
  const config = await scratch.config(DOORS);
  const absent = await ask(server, scratch, "status");
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /no daemon is running here\n.*hint: /);

  await using daemon = await serve(server, scratch, config);
  const stranger = await ask(server, scratch, "close", "shs");
  assert.match(stranger.stderr, /there is no door shs/);
  const unheard = await ask(server, scratch, "log", "shs");
  assert.match(
    unheard.stderr,
    /nothing is on record of the door shs.*\n.*did you mean ssh\?/,
  );
  assert.equal((await ask(server, scratch, "close")).code, 2);
  const confirmed = await ask(server, scratch, "confirm");
  assert.match(confirmed.stderr, /not on trial/);

  await Deno.writeTextFile(config, "[doors.ssh]\nsequence = '70000'\n");
  const reloaded = await ask(server, scratch, "reload");
  assert.equal(reloaded.code, 2);
  assert.match(reloaded.stderr, /knock\.toml:2:\d+: .*port 70000 is above 65535/);
  assert.equal((await status(server, scratch)).doors.length, 2);

  const second = await server.run(
    [...KNOCKD, "serve", "-c", await scratch.config(DOORS)],
    {
      check: false,
    },
  );
  assert.equal(second.code, 1);
  assert.match(second.stderr, new RegExp(`another knockd .*process ${daemon.pid}`));
});

Deno.test("the control socket is root's alone, or a group's", async () => {
  await using net = await Network.create();
  await using scratch = await Scratch.create();
  const server = await net.host("server");
  const mode = async () => ((await Deno.stat(scratch.path("sock"))).mode ?? 0) & 0o777;
  const daemon = await serve(server, scratch, await scratch.config(DOORS));
  assert.equal(await mode(), 0o600);
  await daemon.stop();
  const group = 'control_group = "nogroup"';
  await using _grouped = await serve(server, scratch, await scratch.config(DOORS, group));
  await waitFor(async () => await mode() === 0o660, 20_000, "0660");
  assert.equal((await Deno.stat(scratch.path("sock"))).gid, 65534);
});

Deno.test("a daemon on trial closes and stops, unless it is confirmed", async () => {
  await using net = await Network.create();
  await using scratch = await Scratch.create();
  const server = await net.host("server");
  const alice = await net.host("alice");
  const config = await scratch.config(DOORS);
  const daemon = await serve(server, scratch, config, ["--trial", "8"]);
  await afterwards(
    daemon,
    /running command/,
    () => knock(alice, server.ipv4, 7000, 8000, 9000),
  );
  assert.equal(await daemon.wait(), 0);
  assert.deepEqual(await openings(server), []);

  await using confirmed = await serve(server, scratch, config, ["--trial", "600"]);
  assert.ok((await status(server, scratch)).trial! <= 600);
  assert.equal((await ask(server, scratch, "confirm")).code, 0);
  assert.equal((await status(server, scratch)).trial, undefined);
  assert.ok(confirmed.pid > 0);
});

Deno.test("the end of a trial is said where it was begun, though the log is a file", async () => {
  await using net = await Network.create();
  await using scratch = await Scratch.create();
  const server = await net.host("server");
  const config = await scratch.config(DOORS, `log_file = "${scratch.path("log")}"`);
  const daemon = await serve(server, scratch, config, ["--trial", "1"]);
  await daemon.waitForLine(/nobody confirmed within 1 s .*: the trial is over/, 20_000);
  assert.equal(await daemon.wait(), 0);
});
