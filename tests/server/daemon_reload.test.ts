import assert from "node:assert/strict";
import { PcapError } from "../../ffi/pcap/pcap.ts";
import { loadSource } from "../../lib/config/load.ts";
import { SECRET } from "../config/files.ts";
import { settle } from "./fake_system.ts";
import { door, MemoryWorld, SERVER } from "./memory_world.ts";

const ALICE = "10.0.0.7";

Deno.test("a reload takes up new doors, and closes those that are no more", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.commands();
  world.text = door("web", 8000);
  await world.daemon.reload();
  assert.deepEqual(await world.commands(), [`close ssh ${ALICE}`]);
  await world.knock(ALICE, 7000, 7001, 7002, 8000, 8001, 8002);
  assert.deepEqual(await world.commands(), [`open web ${ALICE}`]);
  assert.equal(world.reopened, 1);
});

Deno.test("a half-finished knock goes on through a reload", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  await world.knock(ALICE, 7000, 7001);
  world.text = door("ssh", 7000) + door("web", 8000);
  await world.daemon.reload();
  await world.knock(ALICE, 7002);
  assert.deepEqual(await world.commands(), [`open ssh ${ALICE}`]);
});

/** Configs that a reload refuses: one that is wrong, one that can't be put to work. */
const REFUSALS: [what: string, spoil: (world: MemoryWorld) => void, why: RegExp][] = [
  [
    "is wrong",
    (world) => world.text = new Error("knock.toml:1:2: no such key"),
    /^knock\.toml:1:2: no such key$/,
  ],
  [
    "libpcap does not take",
    (world) => {
      world.text = door("web", 8000, 'tcpflags = "fin"');
      world.network.interfaces.get("eth0")!.refuses = (filter) => filter.includes("& 1");
    },
    /^the capture filter was refused \(syntax error\)$/,
  ],
];

for (const [what, spoil, why] of REFUSALS) {
  Deno.test(`a config that ${what} changes nothing, and the log says why`, async () => {
    await using world = await MemoryWorld.start(door("ssh", 7000));
    await world.knock(ALICE, 7000, 7001, 7002);
    await world.commands();
    const before = world.daemon.status();
    const { filter } = world.network.source("eth0")!;
    const timers = world.system.timers;
    spoil(world);
    await assert.rejects(world.daemon.reload());
    assert.deepEqual(world.daemon.status(), before);
    assert.equal(world.network.source("eth0")!.filter, filter);
    assert.equal(world.system.timers, timers);
    assert.ok(world.log.lines.some((line) => why.test(line)), world.log.lines.join("\n"));
    assert.match(world.log.lines.at(-1)!, /; the old one stays in force$/);
    await world.knock("10.0.0.9", 7000, 7001, 7002);
    assert.deepEqual(await world.commands(), ["open ssh 10.0.0.9"]);
  });
}

Deno.test("a daemon that may not hear what a reload wants says why each time, until it may", async () => {
  const text = '[options]\ninterface = "eth0"\n[doors.ssh]\nsequence = "7000,7001"\n' +
    'start_command = ["open"]\n';
  const owner = Deno.uid() ?? 0;
  const { config } = await loadSource({ path: "knock.toml", text, mode: 0o600, owner });
  const key = { kind: "fleet", follow: "ssh" } as const;
  await using world = new MemoryWorld({
    ...config!,
    doors: config!.doors.map((door) => ({ ...door, key })),
  });
  const refusal = new PcapError("no-permission", "you may not");
  world.network.add("eth0", { addresses: [SERVER], refusal });
  await world.start();
  world.text = config!;
  for (const _ of [1, 2]) {
    await assert.rejects(world.daemon.reload(), /^Failure: no right to capture/);
  }
  world.network.add("eth0", { addresses: [SERVER] });
  await world.daemon.reload();
  await world.knock(ALICE, 7000, 7001);
  assert.deepEqual(await world.commands(), ["open"]);
});

Deno.test("reloads that are asked for while one waits for its turn are one", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  const asked = Array.from({ length: 100 }, () => world.daemon.reload());
  await Promise.all(asked);
  assert.equal(world.reopened, 1);
  await world.daemon.reload();
  assert.equal(world.reopened, 2);
});

Deno.test("a reload that a stop overtakes changes nothing any more", async () => {
  const world = await MemoryWorld.start(door("ssh", 7000));
  const refused = assert.rejects(world.daemon.reload(), /the daemon is stopping/);
  await world[Symbol.asyncDispose]();
  await refused;
  await settle();
  assert.equal(world.system.timers, 0);
});

Deno.test("a reload that shuts clients out names them, and what they knock by", async () => {
  const rotating = (name: string) =>
    `[doors.${name}]\nopen = 22\n[doors.${name}.otp]\n` +
    `[doors.${name}.clients]\nalice.secret = "${SECRET}"\n`;
  await using world = await MemoryWorld.start(rotating("ssh"));
  world.text = rotating("shell");
  await world.daemon.reload();
  assert.ok(
    world.log.lines.includes(
      'shell: clients enrolled with label = "ssh" knock in vain now: alice; ' +
        "set that again, or enroll them anew (--rotate)",
    ),
    world.log.lines.join("\n"),
  );
});

Deno.test("an option that takes a restart is named until it is as it was at the start", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  const changed = 'log_file = "/var/log/other"\n' + door("web", 8000);
  for (const [text, takesRestart] of [[changed, ["log_file"]], [door("web", 8000), []]]) {
    // The second time as the first: what was not heeded is said again.
    for (const _ of [1, 2]) {
      world.log.lines.length = 0;
      world.text = text as string;
      await world.daemon.reload();
      const said = world.log.lines.filter((line) => line.endsWith("takes a restart"));
      assert.deepEqual(
        said,
        (takesRestart as string[]).map((name) =>
          `${name} has changed: that takes a restart`
        ),
      );
      assert.deepEqual(world.daemon.changed().takesRestart, takesRestart);
    }
  }
  assert.deepEqual(world.daemon.status().doors.map(({ name }) => name), ["web"]);
});
