/** What the daemon keeps, forgets and says: revocation, reloads, restarts, clocks. */
import assert from "node:assert/strict";
import { afterwards, knock, Scratch, serve } from "../lab/daemon.ts";
import { KNOCKD, Network } from "../lab/net.ts";
import { alice, Bell, bob, RotatingDoor, takesPorts, User } from "../lab/one_time.ts";

/** A server and a client that knock each other's way. */
async function pair(net: Network) {
  return { server: await net.host("server"), client: await net.host("client") };
}

Deno.test("revoke and reload end one client and no other", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, client } = await pair(net);
  const door = new RotatingDoor(scratch, "ssh", [], { mode: "hotp" });
  const bell = new Bell(scratch);
  const config = await scratch.config(door.text + bell.text);
  const onServer = (...args: string[]) => server.run([...KNOCKD, ...args, "-c", config]);
  const enroll = async (name: string, ...more: string[]) => {
    const args = ["enroll", "ssh", name, "--host", server.ipv4, "--uri-only"];
    for (let options = more;; options = ["--rotate"]) {
      const uri = (await onServer(...args, ...options)).stdout;
      if (takesPorts(scratch, uri)) return await User.create(KNOCKD, client, uri);
    }
  };
  await using lost = await enroll("alice");
  await using kept = await enroll("bob");
  const daemon = await serve(server, config);
  const reload = () =>
    afterwards(daemon, /re-reading config file/, () => onServer("reload"));
  const knocks = async (...users: User[]) => {
    for (const user of users) await user.knockd(["knock", server.ipv4, "--otp"]);
    return (await bell.ring(client, server.ipv4)).map((line) => line.split(" ")[1]);
  };
  assert.deepEqual(await knocks(lost, kept), ["alice", "bob"]);
  await onServer("revoke", "ssh", "alice");
  assert.deepEqual(await knocks(lost, kept), ["alice", "bob", "alice", "bob"]);
  await reload();
  assert.deepEqual((await knocks(lost, kept)).slice(4), ["bob"]);
  await using renewed = await enroll("bob", "--rotate");
  assert.deepEqual((await knocks(renewed, kept)).slice(5), ["bob"], "not taken note of");
  await reload();
  assert.deepEqual((await knocks(kept)).slice(6), [], "the old secret is worth nothing");
  assert.deepEqual((await knocks(renewed)).slice(6), ["bob"]);
});

Deno.test("a reload in the middle of a knock loses nothing", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, client } = await pair(net);
  const doors = [
    new RotatingDoor(scratch, "free", [alice]),
    new RotatingDoor(scratch, "bound", [alice], { bindSource: true }),
  ];
  const config = await scratch.config(doors.map(({ text }) => text).join(""));
  const daemon = await serve(server, config);
  const hosts = [client, await net.host("client2")];
  const parts = doors.map((door, i) => {
    const ports = door.ports(alice, door.step, i === 1 ? hosts[i]!.ipv4 : undefined);
    return [ports.slice(0, 1), ports.slice(1, 3), ports.slice(3)];
  });
  const send = async (part: number) => {
    for (const [i, host] of hosts.entries()) {
      await knock(host, server.ipv4, ...parts[i]![part]!);
    }
  };
  await send(0);
  await daemon.waitForLine(/bound: Stage 1$/);
  await send(1);
  await daemon.waitForLine(/bound: Stage 3$/);
  await server.run([...KNOCKD, "reload", "-c", config]);
  await send(2);
  const opened = await scratch.waitForLines("opened", 2);
  assert.deepEqual(opened.toSorted(), [
    `bound alice ${hosts[1]!.ipv4}`,
    `free alice ${hosts[0]!.ipv4}`,
  ]);
});

Deno.test("a sequence that was used stays so across a restart", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, client } = await pair(net);
  const stranger = await net.host("stranger");
  const door = new RotatingDoor(scratch, "ssh", [alice, bob]);
  const config = await scratch.config(door.text);
  const first = await serve(server, config);
  const ports = door.ports(alice, door.step);
  await knock(client, server.ipv4, ...ports);
  await scratch.waitForLines("opened", 1);
  assert.equal(await first.stop(), 0);
  const second = await serve(server, config);
  for (const host of [client, stranger]) {
    await knock(host, server.ipv4, ...ports);
    const refusal = /ssh: refused \(alice\): .*was used already$/;
    await second.waitForLine(new RegExp(`^${host.ipv4}: ${refusal.source}`));
  }
  await knock(client, server.ipv4, ...door.ports(bob, door.step));
  const opened = await scratch.waitForLines("opened", 2);
  assert.deepEqual(opened, ["alice", "bob"].map((who) => `ssh ${who} ${client.ipv4}`));
});

Deno.test("a knock that its client's clock spoils is explained, and opens nothing", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, client } = await pair(net);
  const door = new RotatingDoor(scratch, "ssh", [alice]);
  const bell = new Bell(scratch);
  const daemon = await serve(server, await scratch.config(door.text + bell.text));
  for (const [offset, direction] of [[-2, "behind"], [-3, "behind"], [3, "ahead"]]) {
    const about = new RegExp(
      `ssh: refused \\(alice\\): alice's clock is about (\\d+) s ${direction}; ` +
        "the door allows 30$",
    );
    const from = daemon.lines.length;
    const step = await door.freshStep();
    await knock(client, server.ipv4, ...door.ports(alice, step + Number(offset)));
    const [, seconds] = await daemon.waitForLine(about, 20_000, from);
    const error = Number(seconds) - 30 * Math.abs(Number(offset));
    assert.ok(Math.abs(error) <= 31, `${offset} steps were called ${seconds} s`);
  }
  assert.deepEqual(await bell.ring(client, server.ipv4), []);
});

Deno.test("the log says which step a knock came with", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, client } = await pair(net);
  const door = new RotatingDoor(scratch, "ssh", [alice], { period: 60 });
  const daemon = await serve(server, await scratch.config(door.text));
  for (const [offset, words] of [[-1, "1 step behind"], [0, "the current step"]]) {
    const step = await door.freshStep();
    await knock(client, server.ipv4, ...door.ports(alice, step + Number(offset)));
    await daemon.waitForLine(new RegExp(`ssh: alice knocked with ${words}`));
  }
});
