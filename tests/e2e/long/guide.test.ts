/** Examples of docs/guide.md, run as they stand there. */
import assert from "node:assert/strict";
import { knock, Scratch, serve } from "../../lab/daemon.ts";
import { knockUntilOpen, waitUntilShut } from "../../lab/kernel_host.ts";
import { type Host, KNOCKD, Network, repeatUntil, waitFor } from "../../lab/net.ts";
import { User } from "../../lab/one_time.ts";

const page = await Deno.readTextFile(new URL("../../../docs/guide.md", import.meta.url));

/** The example of a section that begins so. */
function example(heading: string, beginning: string): string {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const blocks = section.split("\n## ")[0]!.match(/^ {4}.*\n(?: {4}.*\n|\n(?= {4}))*/gm);
  const plain = (blocks ?? []).map((block) => block.replaceAll(/^ {4}/gm, ""));
  const found = plain.find((text) => text.startsWith(beginning));
  assert.ok(found !== undefined, `${heading}: nothing that begins with ${beginning}`);
  return found;
}

/** A client of a door, with the profile that enroll printed. */
async function enrolled(server: Host, client: Host, config: string): Promise<User> {
  const enroll = ["enroll", "ssh", "alice", "--host", server.ipv4, "-c", config];
  const { stdout } = await server.run([...KNOCKD, ...enroll]);
  return await User.create(KNOCKD, client, stdout);
}

Deno.test("an address that changes: a knock opens for its neighbourhood", async () => {
  const heading = "An address that changes between two packets";
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.listen(22);
  await server.run(["nft", "-f", "-"], { stdin: example(heading, "table inet mine") });
  const config = await scratch.config(example(heading, "[doors.ssh]"));
  await using user = await enrolled(server, client, config);
  await serve(server, config);
  assert.equal(await client.canConnect(server.ipv4, 22), false);
  await user.knockd(["knock", server.ipv4, "--otp"]);
  await waitFor(() => client.canConnect(server.ipv4, 22), 20_000, "the port to open");
  const { stdout } = await server.run(["nft", "list", "set", "inet", "mine", "ssh4"]);
  assert.match(stdout, /10\.77\.0\.0\/24 timeout 1m/);
});

Deno.test("wake-on-LAN: the router hears a knock to the host that sleeps", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const router = await net.host("router");
  const client = await net.host("client");
  await router.run(["ip", "link", "add", "br-lan", "type", "bridge"]);
  await router.run(["ip", "address", "add", "192.168.1.1/24", "dev", "br-lan"]);
  await router.run(["ip", "link", "set", "br-lan", "up"]);
  await client.run(["ip", "route", "add", "192.168.1.0/24", "via", router.ipv4]);
  const doors = example("Wake-on-LAN through a router", "[options]")
    .replace(/\[options\]\n.*\n/, "")
    .replace('"etherwake"', `"sh", "-c", "echo $* >> ${scratch.path("woken")}", "wake"`);
  await serve(router, await scratch.config(doors));
  const woken = async () => (await scratch.lines("woken")).length > 0;
  await repeatUntil(woken, () => knock(client, "192.168.1.20", 7000, 8000, 9000));
  assert.match((await scratch.lines("woken"))[0]!, /00:11:22:33:44:55/);
});

Deno.test("close when I leave: the second knock shuts what the first one opened", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.listen(22);
  await serve(
    server,
    await scratch.config(example("Close when I leave", "[doors.ssh]")),
  );
  assert.equal(await client.canConnect(server.ipv4, 22), false);
  await knockUntilOpen(client, server.ipv4);
  await knock(client, server.ipv4, 9000, 8000, 7000);
  await waitUntilShut(client, server.ipv4);
});

Deno.test("a game server: the players' first datagram wakes it once a minute", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = example("A game server that wakes on a knock", "[doors.world]")
    .replace('"systemctl"', `"sh", "-c", "echo $* >> ${scratch.path("woken")}", "wake"`);
  await serve(server, await scratch.config(door));
  const woken = () => scratch.lines("woken");
  const ping = () => knock(client, server.ipv4, "19132:udp");
  await repeatUntil(async () => (await woken()).length > 0, ping);
  await ping();
  assert.deepEqual(await woken(), ["start minecraft"]);
});
