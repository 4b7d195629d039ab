/** SIGHUP: another config, a wrong one, the same one in the middle of a knock, logrotate. */
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
import { hitFrame, send } from "../lab/frames_sent.ts";
import {
  KNOCKD,
  Network,
  type Process,
  repeatUntil,
  sleep,
  waitFor,
} from "../lab/net.ts";

const READ = /^re-reading config file: /;

/** Sends SIGHUP and waits until the config is about to be read. */
function reload(daemon: Process): Promise<void> {
  return afterwards(daemon, READ, () => Promise.resolve(daemon.kill("SIGHUP")));
}

Deno.test("a reload takes up new, changed and removed doors", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const stays = recordingDoor(scratch, "stays", "7000,8000,9000");
  const fence = recordingDoor(scratch, "fence", "7009,8009,9009");
  const lasts = firewallDoor("lasts", "7003,8003,9003", 60, 80);
  const daemon = await serve(
    server,
    await scratch.config(
      stays + fence + lasts + recordingDoor(scratch, "changes", "7001,8001,9001") +
        firewallDoor("goes", "7002,8002,9002", 60),
    ),
  );
  await knock(client, server.ipv4, 7002, 8002, 9002);
  await knock(client, server.ipv4, 7003, 8003, 9003);
  await waitFor(async () => (await openings(server)).length === 2, 20_000, "two open");
  await scratch.config(
    stays + fence + lasts + recordingDoor(scratch, "changes", "7001:udp,8001,9001") +
      recordingDoor(scratch, "comes", "7004,8004,9004"),
  );
  await reload(daemon);
  await daemon.waitForLine(/goes: no longer in the config, closing/);
  await waitFor(async () => (await openings(server)).length === 1, 20_000, "one open");
  for (const last of [0, 1, 2, 4]) {
    await knock(client, server.ipv4, 7000 + last, 8000 + last, 9000 + last);
  }
  await knock(client, server.ipv4, "7001:udp", 8001, 9001);
  await knock(client, server.ipv4, 7009, 8009, 9009);
  // Commands that run side by side write in any order.
  const names = ["changes", "comes", "fence", "stays"];
  assert.deepEqual(
    (await scratch.waitForLines("opened", 4)).toSorted(),
    names.map((name) => `${name} ${client.ipv4}`),
  );
  assert.match((await openings(server)).join(), /--dport 80 /);
  assert.equal(await daemon.stop(), 0);
  assert.deepEqual(await openings(server), []);
});

Deno.test("no knock is lost while the config is read again and again under load", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const noise = await net.host("noise");
  const stays = recordingDoor(scratch, "stays", "7000,8000,9000");
  const daemon = await serve(server, await scratch.config(stays));
  const frames = Array.from(
    { length: 3000 },
    (_, i) => hitFrame(`10.77.1.${i % 250}`, server.ipv4, i % 2 ? 7000 : 8000, i),
  );
  let over = false;
  const load = send(noise, frames, { perSecond: 1500 }).finally(() => over = true);
  const reloads = (async () => {
    for (let i = 0; !over; i++) {
      const more = recordingDoor(scratch, `door${i}`, `${7100 + i},8100,9100`);
      await scratch.config(stays + more);
      await reload(daemon);
      // The log says so fifty times a second at most.
      await sleep(30);
    }
  })();
  let knocks = 0;
  for (; !over; knocks++) {
    // A door opens a hundred times a second at most.
    await Promise.all([knock(client, server.ipv4, 7000, 8000, 9000), sleep(20)]);
  }
  await Promise.all([load, reloads]);
  await scratch.waitForLines("opened", knocks);
  const count = daemon.lines.filter((line) => READ.test(line)).length;
  console.log(`${knocks} knocks, ${count} reloads`);
  assert.ok(knocks > 10 && count > 10, `${knocks} knocks, ${count} reloads`);
  assert.equal((await scratch.lines("opened")).length, knocks);
  assert.equal(await daemon.stop(), 0);
});

Deno.test("a wrong config changes nothing, and the log says where it is wrong", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  const config = await scratch.config(door);
  const daemon = await serve(server, config);
  const rows: [content: string | Uint8Array | undefined, message: RegExp][] = [
    [door.replace("7000", "70000"), /knock\.toml:2:\d+: .*70000/],
    ["[doors", /knock\.toml:1:\d+: /],
    [crypto.getRandomValues(new Uint8Array(5000)), /knock\.toml/],
    [undefined, /knock\.toml.*No such file/],
  ];
  for (const [i, [content, message]] of rows.entries()) {
    if (content === undefined) await Deno.remove(config);
    else await scratch.write("knock.toml", content);
    const from = daemon.lines.length;
    await afterwards(
      daemon,
      /; the old one stays in force$/,
      () => reload(daemon),
    );
    assert.match(daemon.lines.slice(from).join("\n"), message);
    await knock(client, server.ipv4, 7000, 8000, 9000);
    await scratch.waitForLines("opened", i + 1);
  }
  await scratch.config(door.replace("7000", "7007"));
  await reload(daemon);
  // What the log says before it is read is in force a moment later.
  await repeatUntil(
    async () => (await scratch.lines("opened")).length > rows.length,
    () => knock(client, server.ipv4, 7007, 8000, 9000),
  );
  assert.equal(await daemon.stop(), 0);
});

Deno.test("a half-finished knock survives a reload", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  const daemon = await serve(server, await scratch.config(door));
  await afterwards(
    daemon,
    /ssh: Stage 2/,
    () => knock(client, server.ipv4, 7000, 8000),
  );
  await reload(daemon);
  await scratch.config(door + recordingDoor(scratch, "other", "7001,8001,9001"));
  await reload(daemon);
  await knock(client, server.ipv4, 9000);
  assert.deepEqual(await scratch.waitForLines("opened", 1), [`ssh ${client.ipv4}`]);
});

Deno.test("SIGHUP after logrotate opens the new file, and no line is lost", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const log = scratch.path("knockd.log");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  const daemon = await serve(server, await scratch.config(door, `log_file = "${log}"`));
  let knocks = 0;
  const knockOnce = async () => {
    await knock(client, server.ipv4, 7000, 8000, 9000);
    await scratch.waitForLines("opened", ++knocks);
  };
  await knockOnce();
  for (const age of [1, 2, 3]) {
    await Deno.rename(log, `${log}.${age}`);
    await knockOnce();
    daemon.kill("SIGHUP");
    const read = async () =>
      (await scratch.lines("knockd.log")).join().includes("re-read");
    await waitFor(read, 20_000, "the new log");
    await knockOnce();
  }
  assert.equal(await daemon.stop(), 0);
  const names = ["knockd.log.1", "knockd.log.2", "knockd.log.3", "knockd.log"];
  const counts = await Promise.all(
    names.map(async (name) =>
      (await scratch.lines(name)).filter((line) => line.includes("OPEN SESAME")).length
    ),
  );
  assert.deepEqual(counts, [2, 2, 2, 1]);
  assert.equal((await Deno.stat(log)).mode! & 0o777, 0o640);
});

Deno.test("SIGHUP is heeded from the moment that the PID file is there", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const pidFile = scratch.path("pid");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  const config = await scratch.config(door, `pid_file = "${pidFile}"`);
  for (let start = 0; start < 3; start++) {
    const daemon = server.spawn([...KNOCKD, "serve", "-c", config]);
    const started = async () => (await scratch.lines("pid")).length > 0;
    while (daemon.running && !await started());
    for (let i = 0; i < 20; i++) {
      daemon.kill("SIGHUP");
      await sleep(10);
    }
    await daemon.waitForLine(READ);
    await daemon.waitForLine(/listening on eth0 \(/);
    assert.equal(await daemon.stop(), 0);
  }
});

Deno.test("knockd reload names what is not as the config says, and takes the config", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const doors = recordingDoor(scratch, "a", "7000,8000,9000");
  const config = await scratch.config(doors);
  const daemon = await serve(server, config);
  const argv = [...KNOCKD, "reload", "-c", config];
  const well = await server.run(argv);
  assert.equal(well.stdout + well.stderr, "");
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(config, text.replace('"eth0"', '"eht0"\ntable = "other"'));
  const { stderr } = await server.run(argv);
  const [deaf, takesRestart] = stderr.trimEnd().split("\n");
  assert.match(deaf!, /^knockd: warning: not listening on eht0: there is no such /);
  assert.equal(takesRestart, "knockd: warning: table has changed: that takes a restart");
  await daemon.waitForLine(/not listening on eth0 any more: it is not in the config/);
  assert.equal(await daemon.stop(), 0);
});
