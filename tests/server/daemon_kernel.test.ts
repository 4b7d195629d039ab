import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { NftError } from "../../ffi/nftables/nftables.ts";
import { PcapError } from "../../ffi/pcap/pcap.ts";
import { settle } from "./fake_system.ts";
import { MemoryFeed } from "./firewall/fake_nft.ts";
import { door, MemoryWorld, SERVER } from "./memory_world.ts";

const ALICE = "10.0.0.7";
const BOB = "10.0.0.8";

/** A door of the kernel's: three ports from a first one on. */
function open(name: string, port: number, ports = "22", more = ""): string {
  return `[doors.${name}]
sequence = [${port}, ${port + 1}, ${port + 2}]
open = "${ports}"
cmd_timeout = 60
${more}
`;
}

function leases(world: MemoryWorld): string[] {
  return world.daemon.status().leases.map(({ door, ip, left }) =>
    `${door} ${ip} ${left}`
  );
}

Deno.test("a door with open alone opens without a command, and time closes it", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  await world.knock(ALICE, 7000, 7001, 7002);
  deepEqual(world.nft.open(), [`d0_4 ${ALICE} 60.25s`]);
  deepEqual(leases(world), [`ssh ${ALICE} 60`]);
  await world.system.advance(20_000);
  await world.knock(ALICE, 7000, 7001, 7002);
  deepEqual(world.nft.open(), [`d0_4 ${ALICE} 60.25s`]);
  await world.system.advance(60_000);
  deepEqual(world.nft.open(), []);
  deepEqual(leases(world), []);
  deepEqual(await world.commands(), []);
});

Deno.test("a kernel's door is closed for one address, and by an exit for all", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.knock(BOB, 7000, 7001, 7002);
  deepEqual(await world.daemon.close({ door: "ssh", ip: ALICE }), {
    closed: 1,
    failing: 0,
  });
  deepEqual(world.nft.open(), [`d0_4 ${BOB} 60.25s`]);
  await world.daemon.stop();
  deepEqual(world.nft.open(), []);
  equal(world.nft.rules("knockd", "guard").at(-1), "tcp dport 22 drop");
});

Deno.test("what is to be kept stays at an exit, and the next start has it as it was", async () => {
  await using world = await MemoryWorld.start(
    open("ssh", 7000, "22", 'on_exit = "keep"'),
  );
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.daemon.stop();
  await world.system.advance(10_000);
  deepEqual(world.nft.open(), [`d0_4 ${ALICE} 50.25s`]);
  world.feed = new MemoryFeed();
  await world.start();
  deepEqual(leases(world), [`ssh ${ALICE} 50`]);
  await world.daemon.close({});
  deepEqual(world.nft.open(), []);
});

Deno.test("a start that finds a lease and no element closes it, and a knock opens anew", async () => {
  const both = `${open("ssh", 7000, "22", 'on_exit = "keep"')}
start_command = ["open", "%IP%"]
stop_command = ["close", "%IP%"]`;
  await using world = await MemoryWorld.start(both);
  await world.knock(ALICE, 7000, 7001, 7002);
  deepEqual(await world.commands(), [`open ${ALICE}`]);
  await world.daemon.stop();
  world.nft.ruleset.clear();
  world.feed = new MemoryFeed();
  await world.start();
  deepEqual(await world.commands(), [`close ${ALICE}`]);
  deepEqual(leases(world), []);
  await world.knock(ALICE, 7000, 7001, 7002);
  deepEqual(world.nft.open(), [`d0_4 ${ALICE} 60.25s`]);
});

Deno.test("a reload keeps who may pass, unless the door opens something else now", async () => {
  await using world = await MemoryWorld.start(
    open("ssh", 7000) + open("web", 8000, "443"),
  );
  await world.knock(ALICE, 7000, 7001, 7002, 8000, 8001, 8002);
  world.text = open("web", 8000, "444") + open("ssh", 7000);
  await world.daemon.reload();
  deepEqual(world.nft.open(), [`d0_4 ${ALICE} 60.25s`]);
  deepEqual(leases(world), [`ssh ${ALICE} 60`]);
});

Deno.test("whoever knocked just before a reload gets nothing of what the door opens after it", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  const crowd = Array.from({ length: 40 }, (_, n) => `10.0.1.${n}`);
  for (const ip of crowd) {
    await world.system.advance(2);
    await world.knock(ip, 7000, 7001, 7002);
  }
  const waiting = crowd.length - leases(world).length;
  ok(waiting > 0 && waiting < crowd.length, `${waiting} wait for their turn`);
  world.text = open("ssh", 7000, "23");
  await world.daemon.reload();
  deepEqual(world.nft.open(), []);
  deepEqual(leases(world), []);
});

Deno.test("a reload just after the ruleset was flushed keeps who may pass", async () => {
  const web = open("web", 8000, "443");
  await using world = await MemoryWorld.start(open("ssh", 7000) + web);
  world.text = web;
  await world.daemon.reload();
  await world.knock(ALICE, 8000, 8001, 8002);
  world.nft.ruleset.clear();
  await world.daemon.reload();
  deepEqual(world.nft.open(), [`d1_4 ${ALICE} 60.25s`]);
  deepEqual(leases(world), [`web ${ALICE} 60`]);
  match(world.log.lines.join("\n"), /another program changed the table inet knockd/);
});

Deno.test("a reload that takes the last door with open away says that no port is guarded", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  world.text = door("ssh", 7000);
  await world.daemon.reload();
  match(world.log.lines.join("\n"), /the kernel guards no port any more/);
});

Deno.test("the log names the ports that are guarded, and whose they are", async () => {
  const inner = open("inner", 9000, "1-65535", 'target = "192.0.2.9"');
  const doors = open("ssh", 7000) + open("other", 8000) + inner;
  await using world = await MemoryWorld.start(doors);
  match(world.log.lines.join("\n"), /guards port 22, 1-65535 of 192\.0\.2\.9 \(nftables/);
});

Deno.test("a reload that the kernel refuses changes nothing", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  world.text = open("web", 8000, "443");
  world.nft.failure = new NftError("other", "no");
  await rejects(world.daemon.reload(), /the kernel's firewall: no/);
  await world.knock(ALICE, 7000, 7001, 7002);
  deepEqual(world.nft.open(), [`d0_4 ${ALICE} 60.25s`]);
});

Deno.test("a knock that the kernel refuses opens nothing, and the log says why", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  world.nft.failure = new NftError("full", "Too many open files in system");
  await world.knock(ALICE, 7000, 7001, 7002);
  deepEqual(leases(world), []);
  match(world.log.lines.join("\n"), /ssh: refused: .*a set is full/);
});

Deno.test("a ruleset that was flushed is mended, and who changes others' is let be", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  await world.knock(ALICE, 7000, 7001, 7002);
  const before = world.nft.texts.length;
  world.feed.changed();
  await world.system.advance(2000);
  equal(world.nft.texts.length, before);
  world.nft.ruleset.clear();
  world.feed.changed();
  await settle();
  await world.system.advance(100);
  deepEqual(world.nft.open(), [`d0_4 ${ALICE} 58.15s`]);
  match(world.log.lines.join("\n"), /another program changed the table inet knockd/);
});

Deno.test("what others did while no word of it came is mended when it comes again", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  await world.knock(ALICE, 7000, 7001, 7002);
  for (
    const act of [
      () => world.nft.ruleset.clear(),
      () => world.nft.run(`add element inet knockd d0_4 { ${BOB} timeout 90s }\n`),
    ]
  ) {
    act();
    world.feed.lost(new Error("No buffer space available"));
    await settle();
    await world.pass(2);
    const [element = "", ...more] = world.nft.open();
    match(element, new RegExp(`^d0_4 ${ALICE} `));
    deepEqual(more, []);
  }
  match(world.log.lines.join("\n"), /another program changed the table inet knockd/);
});

Deno.test("whoever passes by another program's word is taken out, and the log says so", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  await world.knock(ALICE, 7000, 7001, 7002);
  world.nft.run(`add element inet knockd d0_4 { ${BOB} timeout 90s }\n`);
  for (const said of [1, 1]) {
    world.feed.changed();
    await settle();
    await world.system.advance(1000);
    const lines = world.log.lines.filter((line) => /who may pass by/.test(line));
    deepEqual(lines.length, said);
    match(lines[0]!, /the table inet knockd: 0 put back, 1 taken out$/);
  }
  equal(world.nft.open().length, 1);
});

Deno.test("the lease of a connection that was made is over", async () => {
  await using world = await MemoryWorld.start(
    open("web", 7000, "443", "connections = 1"),
  );
  await world.knock(ALICE, 7000, 7001, 7002);
  world.nft.run(`delete element inet knockd d0_4 { ${ALICE} }\n`);
  world.daemon.status();
  await settle();
  deepEqual(leases(world), []);
});

Deno.test("a place that a connection used up is free for the next knock", async () => {
  await using world = await MemoryWorld.start(
    open("web", 7000, "443", "connections = 1\nmax_open = 1"),
  );
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.knock(BOB, 7000, 7001, 7002);
  deepEqual(world.nft.open(), [`d0_4 ${ALICE} 60.25s`]);
  world.nft.run(`delete element inet knockd d0_4 { ${ALICE} }\n`);
  await world.system.advance(1000);
  await world.knock(BOB, 7000, 7001, 7002);
  deepEqual(world.nft.open(), [`d0_4 ${BOB} 60.25s`]);
});

Deno.test("leases of one connection that are over at the same moment are counted", async () => {
  await using world = await MemoryWorld.start(
    open("web", 7000, "443", "connections = 1"),
  );
  for (let n = 0; n < 150; n++) {
    await world.knock(`10.1.0.${n}`, 7000, 7001, 7002);
    if (n % 30 === 29) await world.system.advance(1000);
  }
  equal(leases(world).length, 150);
  world.nft.run("flush set inet knockd d0_4\n");
  world.daemon.status();
  await settle();
  deepEqual(leases(world), []);
  const said = world.log.lines.filter((line) => line.includes("its one connection"));
  ok(said.length > 0 && said.length <= 101, `${said.length} lines`);
});

Deno.test("a door with open and commands does both, and neither where the first fails", async () => {
  const both = `${open("ssh", 7000)}start_command = ["open", "%IP%"]
stop_command = ["close", "%IP%"]`;
  await using world = await MemoryWorld.start(both);
  await world.knock(ALICE, 7000, 7001, 7002);
  deepEqual(await world.commands(), [`open ${ALICE}`]);
  deepEqual(world.nft.open(), [`d0_4 ${ALICE} 60.25s`]);
  world.nft.failure = new NftError("other", "no");
  await world.knock(BOB, 7000, 7001, 7002);
  deepEqual(await world.commands(), []);
});

Deno.test("a trial that nobody confirms leaves the table as it was", async () => {
  await using world = new MemoryWorld(open("ssh", 7000));
  world.onTrial = true;
  await world.start();
  await world.daemon.stop({ undo: true });
  deepEqual(world.nft.tables(), []);
  world.nft.run("add table inet knockd\n");
  world.feed = new MemoryFeed();
  await world.start();
  await world.daemon.stop({ undo: true });
  deepEqual(world.nft.chains("knockd"), []);
  deepEqual(world.nft.tables().map(({ name }) => name), ["knockd"]);
});

Deno.test("a trial that is over leaves the table as it was before its commands end", async () => {
  await using world = new MemoryWorld(
    `${open("ssh", 7000)}start_command = "open"\nstop_command = "close"`,
  );
  world.onTrial = true;
  await world.start();
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.commands();
  const stopped = world.daemon.stop({ undo: true });
  await settle();
  deepEqual(world.nft.tables(), []);
  match((await world.finish()).join(), /close/);
  await stopped;
  deepEqual(world.nft.tables(), []);
});

Deno.test("a trial that is over keeps no door open, whatever an exit keeps", async () => {
  await using world = new MemoryWorld(door("web", 7000, 'on_exit = "keep"'));
  world.onTrial = true;
  await world.start();
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.commands();
  const stopped = world.daemon.stop({ undo: true });
  deepEqual(await world.commands(), [`close web ${ALICE}`]);
  await stopped;
});

Deno.test("a trial that is over lets nobody in who was shut out in its course", async () => {
  await using world = new MemoryWorld(open("ssh", 7000));
  await world.start();
  await world.daemon.stop();
  world.nft.run(`add element inet knockd d0_4 { ${ALICE} timeout 60s }\n`);
  world.onTrial = true;
  world.feed = new MemoryFeed();
  await world.start();
  await world.daemon.stop({ undo: true });
  deepEqual(world.nft.open(), []);
});

Deno.test("a first start that fails takes its table away, not that of an earlier one", async () => {
  await using world = new MemoryWorld(open("ssh", 7000));
  const refusal = new PcapError("no-permission", "you may not");
  world.network.add("eth0", { addresses: [SERVER], refusal });
  await rejects(world.start());
  deepEqual(world.nft.tables(), []);
});

Deno.test("a reload shuts no port where nothing can be heard of changed rulesets", async () => {
  await using world = await MemoryWorld.start(door("web", 7100));
  world.openFeed = () => {
    throw new Error("too many open files");
  };
  world.text += open("ssh", 7000);
  await rejects(world.daemon.reload(), /too many/);
  deepEqual(world.nft.tables(), []);
});

const BROUGHT_BACK = "the kernel guards again what it guarded before";

Deno.test("a start that fails leaves another config's ports shut", async () => {
  await using other = await MemoryWorld.start(open("ssh", 7000));
  await other.daemon.stop();
  await using world = new MemoryWorld(open("web", 7100, "80"));
  world.nft.run(other.nft.list("knockd"));
  const refusal = new PcapError("no-permission", "you may not");
  world.network.add("eth0", { addresses: [SERVER], refusal });
  await rejects(world.start());
  ok(world.log.lines.some((line) => /inet knockd was another config's/.test(line)));
  ok(world.log.lines.includes(BROUGHT_BACK));
  deepEqual(world.nft.rules("knockd", "guard"), other.nft.rules("knockd", "guard"));
});

Deno.test("a start that is undone brings back the table that its config had before", async () => {
  await using world = new MemoryWorld(open("ssh", 7000));
  await world.start();
  await world.daemon.stop();
  const drops = world.nft.rules("knockd", "guard");
  world.text = `table = "other"\n${world.text}`;
  world.onTrial = true;
  world.feed = new MemoryFeed();
  await world.start();
  deepEqual(world.nft.tables().map(({ name }) => name), ["other"]);
  await world.daemon.stop({ undo: true });
  deepEqual(world.nft.tables().map(({ name }) => name), ["knockd"]);
  deepEqual(world.nft.rules("knockd", "guard"), drops);
  world.onTrial = false;
  const refusal = new PcapError("no-permission", "you may not");
  world.network.add("eth0", { addresses: [SERVER], refusal });
  await rejects(world.start());
  deepEqual(world.nft.tables().map(({ name }) => name), ["knockd"]);
});

Deno.test("a config without such doors deletes the table that it had with them", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  await world.daemon.stop();
  world.text = door("ssh", 7000);
  await world.start();
  deepEqual(world.nft.tables(), []);
});

Deno.test("a table that its config had and that can't be deleted stays, and the log says why", async () => {
  await using world = await MemoryWorld.start(`table = "earlier"\n${open("ssh", 7000)}`);
  await world.daemon.stop();
  world.text = door("ssh", 7000);
  const left = () =>
    world.log.lines.filter((line) => line.includes("earlier stays as it is:"));
  world.nft.failure = new NftError("other", "no");
  await world.start();
  match(left().join(), /stays as it is: the kernel's firewall: no$/);
  await world.daemon.stop();
  world.nft.list = () => {
    throw new NftError("other", "the table can't be read");
  };
  await world.start();
  equal(left().length, 2);
  match(left()[1]!, /stays as it is: the kernel's firewall: the table can't be read$/);
  deepEqual(world.nft.tables().map(({ name }) => name), ["earlier"]);
});

Deno.test("a config without such doors says nothing of a kernel without tables", async () => {
  await using world = new MemoryWorld(door("ssh", 7000));
  world.nft.tables = () => {
    throw new NftError("no-kernel", "in the kernel's words");
  };
  await world.start();
  deepEqual(world.log.lines.filter((line) => line.includes("stays as it is")), []);
});

Deno.test("a trial that is over brings back the table that its config had with such doors", async () => {
  await using world = await MemoryWorld.start(open("ssh", 7000));
  await world.daemon.stop();
  const drops = world.nft.rules("knockd", "guard");
  world.text = door("ssh", 7000);
  world.onTrial = true;
  await world.start();
  deepEqual(world.nft.tables(), []);
  ok(!world.log.lines.includes(BROUGHT_BACK));
  await world.daemon.stop({ undo: true });
  ok(world.log.lines.includes(BROUGHT_BACK));
  deepEqual(world.nft.rules("knockd", "guard"), drops);
});

for (
  const [code, says] of [
    ["no-kernel", /^the kernel's firewall: this kernel has no nf_tables$/],
    [
      "incomplete",
      /nf_tables lacks what the table is made of: the family inet, ct, fib$/,
    ],
    ["no-permission", /^the kernel's firewall: not permitted$/],
  ] as const
) {
  Deno.test(`a start where the kernel's tables can't be read says so: ${code}`, async () => {
    await using world = await MemoryWorld.start(open("ssh", 7000));
    await world.daemon.stop();
    world.nft.tables = () => {
      throw new NftError(code, "in the kernel's words");
    };
    await rejects(world.start(), { name: "Failure", message: says });
  });
}
