/** Classic doors between real hosts, with others' clients and a real firewall. */
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
import { type Host, KNOCKD, Network, waitFor } from "../lab/net.ts";

/** hping3 sends one SYN a run. */
const hping: typeof knock = async (from, address, ...ports) => {
  for (const port of ports) {
    const argv = ["hping3", "-c", "1", "-S", "-p", `${port}`, address];
    await from.run(argv, { check: false });
  }
};

const ours: typeof knock = async (from, address, ...ports) => {
  await from.run([...KNOCKD, "knock", address, ...ports.map(String)]);
};

Deno.test("a closed port opens to the knocker alone, and closes again", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  await server.dropIncoming();
  await server.listen(22);
  const stranger = await net.host("stranger");
  const rows: [how: typeof knock, client: Host, address: string][] = [];
  for (const [i, how] of [knock, hping, ours, knock, ours].entries()) {
    const address = i < 3 ? server.ipv4 : server.ipv6;
    rows.push([how, await net.host(`client${i}`), address]);
  }
  await serve(server, await scratch.config(firewallDoor("ssh", "7000,8000,9000", 8)));
  await Promise.all(rows.map(async ([how, client, address], row) => {
    const isOpen = () => client.canConnect(address, 22);
    assert.equal(await isOpen(), false, `row ${row}: open before the knock`);
    await how(client, address, "7000", "8000", "9000");
    await waitFor(isOpen, 20_000, `row ${row}: open after the knock`);
    assert.equal(await stranger.canConnect(address, 22), false, `row ${row}`);
    await waitFor(async () => !await isOpen(), 60_000, `row ${row}: closed again`);
  }));
  assert.deepEqual(await openings(server), []);
});

Deno.test("TCP, UDP and mixed knocks open, over IPv4 and IPv6, from any client", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const doors = [
    ["tcp", "7000,8000,9000"],
    ["udp", "7001:udp,8001:udp,9001:udp"],
    ["mixed", "7002,8002:udp,9002"],
    ["samePort", "7003,7003:udp,7003"],
  ];
  const config = doors.map(([name, ports]) => recordingDoor(scratch, name!, ports!));
  await serve(server, await scratch.config(config.join("")));
  const expected: string[] = [];
  for (const how of [knock, ours]) {
    for (
      const [to, from] of [[server.ipv4, client.ipv4], [server.ipv6, client.ipv6]]
    ) {
      for (const [name, ports] of doors) {
        await how(client, to!, ...ports!.split(","));
        expected.push(`${name} ${from}`);
        await scratch.waitForLines("opened", expected.length);
      }
    }
  }
  assert.deepEqual(await scratch.lines("opened"), expected);
});

Deno.test("an IPv6 knocker runs the _6 command, and nothing where that is empty", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const note = (what: string) => `'echo "${what} %IP%" >> ${scratch.path("opened")}'`;
  await serve(
    server,
    await scratch.config(`
[doors.both]
sequence = "7000,8000,9000"
start_command = ${note("start")}
start_command_6 = ${note("start6")}
stop_command = ${note("stop")}
stop_command_6 = ${note("stop6")}
cmd_timeout = 1
[doors.no6]
sequence = "7001,8001,9001"
command = ${note("no6")}
command_6 = ""
[doors.plain]
sequence = "7002,8002,9002"
command = ${note("plain")}
`),
  );
  for (const address of [server.ipv6, server.ipv4]) {
    await knock(client, address, 7000, 8000, 9000);
    await knock(client, address, 7001, 8001, 9001);
    await knock(client, address, 7002, 8002, 9002);
  }
  const six = ["plain", "start6", "stop6"].map((what) => `${what} ${client.ipv6}`);
  const four = ["no6", "plain", "start", "stop"].map((what) => `${what} ${client.ipv4}`);
  const lines = await scratch.waitForLines("opened", 7);
  assert.deepEqual(lines.toSorted(), [...six, ...four].toSorted());
});

Deno.test("a knock on an open door keeps it open for longer, and opens it once", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const config = await scratch.config(firewallDoor("ssh", "7000,8000,9000", 6));
  const daemon = await serve(server, config);
  const ports = [7000, 8000, 9000];
  await afterwards(
    daemon,
    /running command: iptables -w -I/,
    () => knock(client, server.ipv4, ...ports),
  );
  await afterwards(
    daemon,
    /ssh: open already, for 6 more seconds/,
    () => knock(client, server.ipv4, ...ports),
  );
  assert.equal((await openings(server)).length, 1);
  await daemon.waitForLine(/running command: iptables -w -D/);
  await waitFor(async () => (await openings(server)).length === 0);
  const commands = daemon.lines.filter((line) => line.includes("running command"));
  assert.equal(commands.length, 2, "one start, one stop");
});

Deno.test("SIGTERM and SIGINT close every door at once", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const clients = [await net.host("client1"), await net.host("client2")];
  await server.dropIncoming();
  const config = await scratch.config(
    firewallDoor("ssh", "7000,8000,9000", 60) +
      firewallDoor("web", "7001,8001,9001", 60, 80) +
      firewallDoor("kept", "7002,8002,9002", 60, 81) + 'on_exit = "keep"\n',
  );
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const daemon = await serve(server, config);
    for (const client of clients) {
      for (const address of [server.ipv4, server.ipv6]) {
        await knock(client, address, 7000, 8000, 9000);
        await knock(client, address, 7001, 8001, 9001);
      }
    }
    await knock(clients[0]!, server.ipv4, 7002, 8002, 9002);
    await waitFor(async () => (await openings(server)).length === 9, 20_000, "9 doors");
    assert.equal(await daemon.stop(signal, 30_000), 0);
    const left = await openings(server);
    assert.deepEqual(left.map((rule) => / --dport (\d+)/.exec(rule)?.[1]), ["81"]);
  }
});

Deno.test("commands are a shell line or an array, and know who knocked", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const out = scratch.path("opened");
  await serve(
    server,
    await scratch.config(`
[doors.string]
sequence = "7000,8000,9000:udp"
command = 'echo "%IP% %DOOR% %PORT%|$KNOCK_IP $KNOCK_DOOR $KNOCK_PORT|$DENO_DIR" >> ${out}'
[doors.array]
sequence = "7001,8001,9001"
command = ["sh", "-c", 'echo "$@|$KNOCK_IP $KNOCK_DOOR $KNOCK_PORT" >> ${out}', "-", "%IP%; %DOOR%", "$(id) %PORT% %F"]
`),
  );
  await knock(client, server.ipv4, 7000, 8000, "9000:udp");
  await scratch.waitForLines("opened", 1);
  await knock(client, server.ipv6, 7001, 8001, 9001);
  assert.deepEqual(await scratch.waitForLines("opened", 2), [
    `${client.ipv4} string 9000|${client.ipv4} string 9000|`,
    `${client.ipv6}; array $(id) 9001 %F|${client.ipv6} array 9001`,
  ]);
});

Deno.test("-4 leaves IPv6 out", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const config = await scratch.config(recordingDoor(scratch, "ssh", "7000,8000,9000"));
  await serve(server, config, ["-4"]);
  await knock(client, server.ipv6, 7000, 8000, 9000);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  assert.deepEqual(await scratch.waitForLines("opened", 1), [`ssh ${client.ipv4}`]);
});
