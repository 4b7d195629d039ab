/** Commands that misbehave: the daemon goes on serving, and every door closes. */
import assert from "node:assert/strict";
import {
  afterwards,
  firewallDoor,
  knock,
  openings,
  recordingDoor,
  Scratch,
  serve,
} from "../lab/daemon.ts";
import { Network, waitFor } from "../lab/net.ts";

Deno.test("commands that hang, fail, babble or don't exist harm no other door", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const babble = "yes babble | head -c 4000000; head -c 1000000 /dev/urandom";
  const doors = `
[doors.hangs]
sequence = "7000,8000,9000"
command = "trap '' TERM; echo $$ > ${scratch.path("hanging")}; sleep 1000 & wait"
command_timeout = 1
[doors.fails]
sequence = "7001,8001,9001"
command = "exit 3"
[doors.babbles]
sequence = "7002,8002,9002"
command = "${babble}"
[doors.missing]
sequence = "7003,8003,9003"
command = ["/nosuch/program", "%IP%"]
[doors.dies]
sequence = "7004,8004,9004"
command = "kill -9 $$"
[doors.forks]
sequence = "7005,8005,9005"
command = "sleep 1000 & echo $! > ${scratch.path("background")}"
`;
  const config = await scratch.config(
    doors + recordingDoor(scratch, "good", "7009,8009,9009"),
  );
  const daemon = await serve(server, config);
  for (const last of [0, 1, 2, 3, 4, 5, 9]) {
    await knock(client, server.ipv4, 7000 + last, 8000 + last, 9000 + last);
  }
  await scratch.waitForLines("opened", 1);
  for (
    const line of [
      /^hangs: command killed, it took longer than 1 seconds$/,
      /^fails: command returned non-zero status code \(3\)$/,
      /^babbles: output: babble$/,
      /^missing: cannot run command: \/nosuch\/program does not exist/,
      /^dies: command ended by SIGKILL$/,
    ]
  ) await daemon.waitForLine(line);
  const [hanging = ""] = await scratch.lines("hanging");
  const gone = () => Deno.stat(`/proc/${hanging}`).then(() => false, () => true);
  await waitFor(gone, 20_000, "the hanging command's end");
  const size = daemon.stdout.length + daemon.stderr.length;
  assert.ok(size < 200_000, `the log has ${size} bytes`);
  await knock(client, server.ipv4, 7009, 8009, 9009);
  await scratch.waitForLines("opened", 2);
  assert.equal(await daemon.stop(), 0);
});

Deno.test("a start command that fails is followed by its stop command", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  // It opens, and fails only then.
  const door = firewallDoor("ssh", "7000,8000,9000", 1).replace(
    '-j ACCEPT"\nstop',
    '-j ACCEPT; exit 1"\nstop',
  );
  const daemon = await serve(server, await scratch.config(door));
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await daemon.waitForLine(/^ssh: command returned non-zero status code \(1\)$/);
  await daemon.waitForLine(/^ssh: running command: iptables -w -D /);
  await waitFor(async () => (await openings(server)).length === 0, 20_000, "closed");
});

Deno.test("a stop command that fails is tried again until the door is closed", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const flag = scratch.path("may-close");
  const door = firewallDoor("ssh", "7000,8000,9000", 1)
    .replace('stop_command = "', `stop_command = "test -e ${flag} && `);
  const daemon = await serve(server, await scratch.config(door));
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await daemon.waitForLine(/ssh: STILL OPEN: the stop command failed 1 time,/);
  assert.equal((await openings(server)).length, 1);
  await scratch.write("may-close", "");
  await waitFor(async () => (await openings(server)).length === 0, 20_000, "closed");
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} in the middle of a start command leaves nothing open`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    await server.dropIncoming();
    const door = firewallDoor("ssh", "7000,8000,9000", 60).replace(
      'start_command = "iptables',
      `start_command = "echo start >> ${scratch.path("begun")}; sleep 1; iptables`,
    );
    const daemon = await serve(server, await scratch.config(door));
    await afterwards(
      daemon,
      /ssh: running command: echo start/,
      () => knock(client, server.ipv4, 7000, 8000, 9000),
    );
    await scratch.waitForLines("begun", 1);
    assert.equal(await daemon.stop(signal, 10_000), 0);
    assert.deepEqual(await openings(server), []);
    assert.deepEqual(
      daemon.lines.filter((line) => /-I INPUT|-D INPUT/.test(line)).length,
      2,
    );
  });
}

Deno.test("what a killed daemon left open, the next one closes", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const config = await scratch.config(firewallDoor("ssh", "7000,8000,9000", 10));
  const first = await serve(server, config);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await waitFor(async () => (await openings(server)).length === 1, 20_000, "open");
  await first.stop("SIGKILL");
  assert.equal((await openings(server)).length, 1);
  await serve(server, config);
  await waitFor(async () => (await openings(server)).length === 0, 20_000, "closed");
});
