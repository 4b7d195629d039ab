/** A daemon that has reached its limits: it goes on, says so, and is well afterwards. */
import assert from "node:assert/strict";
import { knock, recordingDoor, Scratch, serve } from "../lab/daemon.ts";
import { guardedHosts, sshConfig } from "../lab/kernel_host.ts";
import { KNOCKD, Network, waitFor } from "../lab/net.ts";
import { run } from "../lab/process.ts";

/** Descriptors that a process has. */
async function descriptors(pid: number): Promise<Set<number>> {
  const { stdout } = await run(["ls", `/proc/${pid}/fd`]);
  return new Set(stdout.trim().split("\n").map(Number));
}

/** The number that its next descriptor has. */
async function firstFree(pid: number): Promise<number> {
  const taken = await descriptors(pid);
  let free = 0;
  while (taken.has(free)) free++;
  return free;
}

/** How many descriptors a process may have from now on. */
async function limit(pid: number, most: number | string): Promise<void> {
  await run(["prlimit", "--pid", `${pid}`, `--nofile=${most}:`]);
}

Deno.test("without a descriptor the daemon goes on hearing, and opens when it has one", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  const daemon = await serve(server, await scratch.config(door));
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await scratch.waitForLines("opened", 1);

  let isAdded = false;
  await waitFor(async () => {
    // It has fewer when the command's output is read to its end.
    await limit(daemon.pid, (await descriptors(daemon.pid)).size - 2);
    // Each change makes it look at its addresses, for which it needs a descriptor.
    const change = isAdded ? "delete" : "add";
    await server.run(["ip", "address", change, "10.99.0.2/32", "dev", "eth0"]);
    isAdded = !isAdded;
    return daemon.lines.some((line) => line.includes("going on, and trying again"));
  }, 20_000);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await daemon.waitForLine(/ssh: cannot run command/, 20_000);
  assert.ok(!daemon.lines.some((line) => line.includes("not listening")));

  await limit(daemon.pid, 1024);
  await waitFor(async () => {
    await knock(client, server.ipv4, 7000, 8000, 9000);
    return (await scratch.lines("opened")).length > 1;
  }, 30_000);
  assert.equal(await daemon.stop(), 0);
});

Deno.test("without a descriptor the daemon makes the kernel's table whole again", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server } = await guardedHosts(net);
  const daemon = await serve(server, await sshConfig(scratch, 600));
  await limit(daemon.pid, await firstFree(daemon.pid));
  await server.run(["nft", "delete", "table", "inet", "knockd"]);
  await daemon.waitForLine(/the table inet knockd; it is whole again/);
  await limit(daemon.pid, 1024);
  assert.equal(await daemon.stop(), 0);
});

Deno.test("a reload to a door of the kernel's fails without a descriptor, and nothing else does", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server } = await guardedHosts(net);
  // Somebody else's table: libnftables is loaded by now, and its socket closed again.
  await server.run(["nft", "add table inet knockd; add chain inet knockd theirs"]);
  const config = await scratch.config(recordingDoor(scratch, "web", "7100,8100,9100"));
  const daemon = await serve(server, config);
  await sshConfig(scratch, 600);
  const refused = async (why: RegExp) => {
    daemon.kill("SIGHUP");
    await daemon.waitForLine(why);
    await daemon.waitForLine(/the config was not read again/);
  };
  await refused(/somebody else's/);
  await limit(daemon.pid, 1 + await firstFree(daemon.pid));
  await refused(/no netlink socket could be opened|open files/);
  await limit(daemon.pid, 1024);
  assert.equal(await daemon.stop(), 0);
});

Deno.test("when no file may grow the daemon closes what is open, opens nothing, and is well afterwards", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await Deno.mkdir(scratch.path("open"));
  const config = await scratch.config(
    `[doors.ssh]
sequence = "7000,8000,9000"
start_command = "touch ${scratch.path("open")}/%IP%"
stop_command = "rm ${scratch.path("open")}/%IP%"
cmd_timeout = 600
[doors.plain]
sequence = "7100,8100,9100"
command = "touch ${scratch.path("plain")}"
`,
    `log_file = "${scratch.path("log")}"`,
  );
  const open = async () =>
    (await Array.fromAsync(Deno.readDir(scratch.path("open")))).length;
  const daemon = await serve(server, config);
  const opens = async () => {
    await waitFor(
      async () => {
        await knock(client, server.ipv4, 7000, 8000, 9000);
        return await open() === 1;
      },
      30_000,
      "the door to open",
    );
  };
  await opens();

  // A signal that ends whoever does not heed it comes with each write beyond it.
  await run(["prlimit", "--pid", `${daemon.pid}`, "--fsize=1:"]);
  const close = [...KNOCKD, "close", "ssh", "--control", scratch.path("sock")];
  await server.run(close);
  await waitFor(async () => await open() === 0, 30_000, "the door to close");
  await daemon.waitForLine(/cannot write log file .*: File too large; going on/, 20_000);
  await waitFor(
    async () => {
      await knock(client, server.ipv4, 7000, 8000, 9000);
      await knock(client, server.ipv4, 7100, 8100, 9100);
      return await Deno.stat(scratch.path("plain")).then(() => true, () => false);
    },
    30_000,
    "the command that needs no promise",
  );
  assert.equal(await open(), 0, "no promise, no door");

  await run(["prlimit", "--pid", `${daemon.pid}`, "--fsize=unlimited:"]);
  await opens();
  assert.equal(await daemon.stop(), 0);
  assert.equal(await open(), 0);
});

Deno.test("when nobody reads its output the daemon opens, closes and ends all the same", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const open = scratch.path("open");
  const config = await scratch.config(`[doors.ssh]
sequence = "7000,8000,9000"
start_command = "touch ${open}"
stop_command = "rm ${open}"
cmd_timeout = 600
`);
  const [pipe, pid] = [scratch.path("pipe"), scratch.path("pid")];
  // A pipe is full with 64 KiB.
  const full = `mkfifo ${pipe}; exec 3<>${pipe}; head -c 65536 /dev/zero >&3; ` +
    `echo $$ > ${pid}; exec "$@" >&3 2>&3`;
  const daemon = server.spawn(["sh", "-c", full, "sh", ...KNOCKD, "serve", "-c", config]);
  const isOpen = () => Deno.stat(open).then(() => true, () => false);
  await waitFor(
    async () => {
      await knock(client, server.ipv4, 7000, 8000, 9000);
      return await isOpen();
    },
    30_000,
    "the door to open",
  );
  await run(["kill", (await scratch.lines("pid"))[0]!]);
  assert.equal(await daemon.exited, 0);
  assert.equal(await isOpen(), false);
});
