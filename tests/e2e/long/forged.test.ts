/** Knocks beside floods that others send in the client's name, or from made-up addresses. */
import assert from "node:assert/strict";
import { Scratch, serve } from "../../lab/daemon.ts";
import { type Host, KNOCKD, Network } from "../../lab/net.ts";
import { alice, RotatingDoor, User } from "../../lab/one_time.ts";

interface Stage {
  readonly scratch: Scratch;
  readonly server: Host;
  readonly client: Host;
  readonly eve: Host;
  readonly door: RotatingDoor;
  readonly user: User;
}

/** A server whose ssh only a bound door opens, and its user. */
async function bound(test: (stage: Stage) => Promise<void>): Promise<void> {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const eve = await net.host("eve");
  await server.dropIncoming();
  await server.listen(22);
  const open = 'command = "iptables -w -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT"';
  const settings = { bindSource: true, mode: "hotp", lookAhead: 100 } as const;
  const door = new RotatingDoor(scratch, "ssh", [alice], settings, [open]);
  await serve(server, await scratch.config(door.text));
  await using user = await User.create(KNOCKD, client, door.uri(alice, server.ipv4));
  await test({ scratch, server, client, eve, door, user });
}

/** Knocks amid a flood until the port is open, and closes it again. */
async function knockAmid(
  { server, client, eve, user }: Stage,
  flood: readonly string[],
): Promise<void> {
  await using flooding = eve.spawn(["hping3", "-q", "-S", ...flood, server.ipv4]);
  const arriving = ["timeout", "20", "tcpdump", "-nn", "-i", "eth0", "-c", "50", "tcp"];
  await server.run(arriving);
  // Its first try opens in most cases; a machine that stops the client amid it may void it.
  const argv = ["knock", server.ipv4, "--otp", "--wait-port", "22", "--retries", "9"];
  await user.knockd(argv, { timeout: 120_000 });
  assert.ok(flooding.running, "the flood lasted for longer than the knock");
  const rule = ["-s", client.ipv4, "-p", "tcp", "--dport", "22", "-j", "ACCEPT"];
  const close = ["iptables", "-w", "-D", "INPUT", ...rule];
  while ((await server.run(close, { check: false })).code === 0);
}

/** The counter that a user knocks with next. */
async function nextCounter({ home }: User): Promise<number> {
  const counters = await Deno.readTextFile(`${home}/knockd/counters.toml`).catch(() =>
    ""
  );
  const [, used] = /= (\d+)$/m.exec(counters) ?? [];
  return used === undefined ? 0 : Number(used) + 1;
}

Deno.test("bound knocks open beside 300 forged SYNs a second in the client's name", () =>
  bound(async (stage) => {
    const flood = ["-a", stage.client.ipv4, "-i", "u3333", "-c", "40000", "-p", "++1"];
    for (let i = 0; i < 8; i++) await knockAmid(stage, flood);
    console.log(`8 knocks took ${await nextCounter(stage.user)} tries`);
  }));

Deno.test("bound knocks open beside 1,000 forged first ports a second", () =>
  bound(async (stage) => {
    const { door, client, user } = stage;
    for (let i = 0; i < 10; i++) {
      const [first] = door.ports(alice, await nextCounter(user), client.ipv4);
      await knockAmid(stage, [
        ...["--rand-source", "-i", "u1000", "-c", "130000", "-p", first!],
      ]);
    }
    console.log(`10 knocks took ${await nextCounter(user)} tries`);
  }));
