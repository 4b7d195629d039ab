/** Rotating doors and their own clients, and others', between real hosts. */
import assert from "node:assert/strict";
import { Scratch, serve } from "../lab/daemon.ts";
import { KNOCKD, Network, sleep } from "../lab/net.ts";
import { alice, Bell, bob, RotatingDoor, User } from "../lab/one_time.ts";
import { masquerade, routeThrough } from "../lab/router.ts";

Deno.test("Debian's knock opens rotating doors with what otp printed", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const doors = [
    new RotatingDoor(scratch, "clock", [alice], { protocol: "mixed", length: 6 }),
    new RotatingDoor(scratch, "count", [alice], { mode: "hotp" }),
    new RotatingDoor(scratch, "datagrams", [alice], { protocol: "udp" }),
    new RotatingDoor(scratch, "bound", [alice], { bindSource: true, mode: "hotp" }),
  ];
  const config = await scratch.config(doors.map(({ text }) => text).join(""));
  await serve(server, config);
  await using user = await User.create(
    KNOCKD,
    client,
    ...doors.map((door) => door.uri(alice, server.ipv4)),
  );
  for (const [i, name] of ["clock", "count", "datagrams", "bound"].entries()) {
    const { stdout } = await user.knockd(["otp", server.ipv4, "--door", name]);
    assert.match(stdout, /^\d+(:udp)?( \d+(:udp)?){4,5}\n$/);
    // A bound door's later ports are known a moment after the first.
    const delay = name === "bound" ? ["-d", "30"] : [];
    const ports = stdout.trim().split(" ");
    await client.run(["/usr/bin/knock", ...delay, server.ipv4, ...ports]);
    const opened = await scratch.waitForLines("opened", i + 1);
    assert.equal(opened[i], `${name} alice ${client.ipv4}`);
  }
});

Deno.test("a bound door opens for its clients over IPv4 and IPv6", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = new RotatingDoor(scratch, "ssh", [alice, bob], { bindSource: true });
  await serve(server, await scratch.config(door.text));
  const uris = [door.uri(alice, server.ipv4), door.uri(bob, server.ipv6)];
  await using user = await User.create(KNOCKD, client, ...uris);
  for (const address of [server.ipv4, server.ipv6]) {
    await user.knockd(["knock", address, "--otp"]);
  }
  const opened = await scratch.waitForLines("opened", 2);
  const expected = [`ssh alice ${client.ipv4}`, `ssh bob ${client.ipv6}`];
  assert.deepEqual(opened.toSorted(), expected);
});

Deno.test("a bound door opens at each address that its client has a way to", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await client.run([
    "ip",
    "address",
    "flush",
    "dev",
    "eth0",
    "scope",
    "global",
    "to",
    "::/0",
  ]);
  const door = new RotatingDoor(scratch, "ssh", [alice], {
    bindSource: true,
    mode: "hotp",
  });
  await serve(server, await scratch.config(door.text));
  const hosts = scratch.path("hosts");
  await Deno.writeTextFile(hosts, `${server.ipv6} gate\n${server.ipv4} gate\n`);
  const knowsNames = ["unshare", "--mount", "sh", "-c"];
  const bind = 'mount --bind "$0" /etc/hosts && exec "$@"';
  const program = [...knowsNames, bind, hosts, ...KNOCKD];
  await using user = await User.create(program, client, door.uri(alice, "gate"));
  const { code, stderr } = await user.knockd(["knock", "gate", "--otp", "--all"], {
    check: false,
  });
  assert.match(stderr, new RegExp(`to ${server.ipv6}: network is unreachable`));
  assert.equal(code, 1);
  assert.deepEqual(await scratch.waitForLines("opened", 1), [`ssh alice ${client.ipv4}`]);
});

Deno.test("behind NAT a bound door takes --source-ip, and opens for all behind it", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const router = await net.host("router");
  const client = await net.host("client");
  const neighbour = await net.host("neighbour");
  for (const inside of [client, neighbour]) await routeThrough(router, inside, server);
  await masquerade(router);
  await server.dropIncoming();
  await server.listen(22);
  const door = new RotatingDoor(
    scratch,
    "ssh",
    [alice],
    { bindSource: true, mode: "hotp" },
    ['command = "iptables -w -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT"'],
  );
  const bell = new Bell(scratch);
  const daemon = await serve(server, await scratch.config(door.text + bell.text));
  await using user = await User.create(KNOCKD, client, door.uri(alice, server.ipv4));

  await user.knockd(["knock", server.ipv4, "--otp"]);
  await bell.ring(client, server.ipv4);
  const stages = daemon.lines.filter((line) => line.includes(": ssh: "));
  assert.deepEqual(stages, [`${router.ipv4}: ssh: Stage 1`]);

  const outside = ["--source-ip", router.ipv4];
  await user.knockd(["knock", server.ipv4, "--otp", ...outside, "--wait-port", "22"]);
  await daemon.waitForLine(new RegExp(`^${router.ipv4}: ssh: OPEN SESAME \\(alice\\)$`));
  assert.equal(await neighbour.canConnect(server.ipv4, 22, 5000), true);
});

Deno.test("a counter that ran ahead is found by the look-ahead, and not beyond it", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const settings = { mode: "hotp", lookAhead: 3 } as const;
  const door = new RotatingDoor(scratch, "ssh", [alice], settings);
  const bell = new Bell(scratch);
  const daemon = await serve(server, await scratch.config(door.text + bell.text));
  await using user = await User.create(KNOCKD, client, door.uri(alice, server.ipv4));
  const waste = async (count: number) => {
    for (let i = 0; i < count; i++) await user.knockd(["otp", server.ipv4]);
  };
  await waste(3);
  await user.knockd(["knock", server.ipv4, "--otp"]);
  await daemon.waitForLine(/ssh: alice knocked with counter 3$/);
  await waste(4);
  await user.knockd(["knock", server.ipv4, "--otp"]);
  assert.equal((await bell.ring(client, server.ipv4)).length, 1);
});

Deno.test("a client that is killed never sends a counter twice", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = new RotatingDoor(scratch, "ssh", [alice], { mode: "hotp" });
  const bell = new Bell(scratch);
  const daemon = await serve(server, await scratch.config(door.text + bell.text));
  await using user = await User.create(KNOCKD, client, door.uri(alice, server.ipv4));
  const args = ["knock", server.ipv4, "--otp"];
  const began = performance.now();
  await user.knockd(args);
  const whole = performance.now() - began;
  for (let i = 0; i < 8; i++) {
    const knocking = user.spawn(args);
    await sleep(whole * (0.5 + i / 14));
    await knocking.stop("SIGKILL");
  }
  await user.knockd(args);
  const opened = await bell.ring(client, server.ipv4);
  const used = daemon.lines.flatMap((line) => /counter (\d+)$/.exec(line)?.[1] ?? []);
  assert.equal(used.length, opened.length);
  assert.deepEqual(used, [...new Set(used)]);
  assert.ok(used.length >= 2, `only ${used}`);
  assert.deepEqual(daemon.lines.filter((line) => line.includes("refused")), []);
});

Deno.test("clients who knock at the same moment all get in", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const door = new RotatingDoor(scratch, "ssh", [alice, bob], { period: 5 });
  await serve(server, await scratch.config(door.text));
  const hosts = [await net.host("client1"), await net.host("client2")];
  await using first = await User.create(KNOCKD, hosts[0]!, door.uri(alice, server.ipv4));
  await using second = await User.create(KNOCKD, hosts[1]!, door.uri(bob, server.ipv4));
  // One user's two processes share out the steps: the later one waits for its own.
  await Promise.all(
    [first, second, first].map((user) => user.knockd(["knock", server.ipv4, "--otp"])),
  );
  const opened = await scratch.waitForLines("opened", 3);
  const [a, b] = [`ssh alice ${hosts[0]!.ipv4}`, `ssh bob ${hosts[1]!.ipv4}`];
  assert.deepEqual(opened.toSorted(), [a, a, b]);
});
