/** What `knockd firewall` prints, loaded by the real programs, with its door commands. */
import assert from "node:assert/strict";
import { afterwards, knock, Scratch, serve } from "../../lab/daemon.ts";
import { type Host, KNOCKD, Network, sleep, waitFor } from "../../lab/net.ts";

const ODD = "it's an odd name: #1 { } ;";
const KNOCK = [7000, 8000, 9000];
const WEB_KNOCK = [7100, 8100, 9100];

/** How each kind of firewall takes a file, and what it is loaded with. */
const LOADERS = {
  nft: [["nft", "-f"]],
  iptables: [["iptables-restore"], ["ip6tables-restore"]],
} as const;
type Kind = keyof typeof LOADERS;

/** For how long doors are open: a machine may stand still for some seconds meanwhile. */
const OPEN_S = 8;
/** Where the kernel closes them, too, ten times as late. */
const OPEN_SHORTLY_S = 4;

/** Until when the door ssh is open for an IPv4 address: milliseconds, or ticks of 1 to 10. */
const END_OF: Record<Kind, (server: Host) => Promise<number>> = {
  async nft(server) {
    const { stdout } = await server.run([
      "nft",
      "list",
      "set",
      "inet",
      "knockd",
      "door_ssh_4",
    ]);
    const [, seconds = "0", milliseconds = "0"] = /expires (?:(\d+)s)?(?:(\d+)ms)?/.exec(
      stdout,
    )!;
    return performance.now() + Number(seconds) * 1000 + Number(milliseconds);
  },
  async iptables(server) {
    const { stdout } = await server.run(["cat", "/proc/net/xt_recent/door_ssh_4"]);
    const [, ticks] = /last_seen: (\d+)/.exec(stdout)!;
    return Number(ticks);
  },
};

/** Loads what is printed for two doors, ssh and web; gives a config with their commands. */
async function setUp(
  kind: Kind,
  server: Host,
  scratch: Scratch,
  seconds: number,
): Promise<string> {
  const doors = ([["ssh", KNOCK], [ODD, WEB_KNOCK]] as const).map(([name, ports]) =>
    `[doors.${JSON.stringify(name)}]\nsequence = "${ports}"\ncmd_timeout = ${seconds}\n`
  );
  const bare = await scratch.config(doors.join("\n"));
  const args = ["firewall", kind, "-c", bare, "--port", `${ODD}=8080`];
  const printed = await server.run([...KNOCKD, ...args], { timeout: 20_000 });
  const rules = await scratch.write("rules", printed.stdout);
  for (const loader of LOADERS[kind]) {
    await server.run([...loader, rules]);
    await server.run([...loader, rules]);
  }
  const [, sshLines = "", webLines = ""] = printed.stderr.split(/^\[doors\..*\]$/m);
  return await scratch.config(
    `[doors.ssh]\nsequence = "${KNOCK}"${sshLines}` +
      `[doors.${JSON.stringify(ODD)}]\nsequence = "${WEB_KNOCK}"${webLines}`,
  );
}

async function hosts(net: Network) {
  const server = await net.host("server");
  const alice = await net.host("alice");
  const mallory = await net.host("mallory");
  await server.listen(22);
  await server.listen(8080);
  return { server, alice, mallory };
}

async function waitUntilClosed(from: Host, address: string, port: number) {
  const closed = async () => !await from.canConnect(address, port);
  await waitFor(closed, 120_000, `${address}:${port} to close`);
}

for (const kind of ["nft", "iptables"] as const) {
  Deno.test(`the ruleset for ${kind} lets in who knocked, and nobody else`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const { server, alice, mallory } = await hosts(net);
    const daemon = await serve(server, await setUp(kind, server, scratch, OPEN_S));
    const both = [server.ipv4, server.ipv6];
    await Promise.all(both.map(async (address) => {
      await alice.run(["busybox", "ping", "-c", "1", "-W", "2", address]);
      assert.equal(await alice.canConnect(address, 22), false);
      await knock(alice, address, ...KNOCK);
      await waitFor(() => alice.canConnect(address, 22), 20_000, `${address} opens`);
      const [otherDoor, otherHost] = await Promise.all([
        alice.canConnect(address, 8080),
        mallory.canConnect(address, 22),
      ]);
      assert.equal(otherDoor, false, "another door");
      assert.equal(otherHost, false, "another host");
      await waitUntilClosed(alice, address, 22);
    }));
    for (const address of both) {
      await knock(alice, address, ...WEB_KNOCK);
      await waitFor(() => alice.canConnect(address, 8080), 20_000, `${address} opens`);
    }
    assert.equal(await daemon.stop(), 0);
    for (const address of both) {
      assert.equal(await alice.canConnect(address, 8080), false);
    }
    assert.doesNotMatch(daemon.stderr, /exit code|trouble|failed/);
  });

  Deno.test(`the kernel closes ${kind}'s doors when knockd is gone`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const { server, alice } = await hosts(net);
    const config = await setUp(kind, server, scratch, OPEN_SHORTLY_S);
    const daemon = await serve(server, config);
    for (const address of [server.ipv4, server.ipv6]) {
      await afterwards(
        daemon,
        /ssh: running command/,
        () => knock(alice, address, ...KNOCK),
      );
    }
    await waitFor(() => alice.canConnect(server.ipv6, 22), 20_000, "IPv6 opens");
    daemon.kill("SIGKILL");
    assert.equal(await daemon.wait(), 137);
    assert.ok(await alice.canConnect(server.ipv4, 22), "open for IPv4 without knockd");
    assert.ok(await alice.canConnect(server.ipv6, 22), "open for IPv6 without knockd");
    await waitUntilClosed(alice, server.ipv4, 22);
    await waitUntilClosed(alice, server.ipv6, 22);

    // The next daemon closes what is closed, and finds nothing wrong with that.
    const next = await serve(server, config);
    await next.waitForLine(/ssh: running command/);
    await sleep(500);
    assert.equal(await next.stop(), 0);
    assert.doesNotMatch(next.stderr, /exit code|failed|error/i);
  });

  Deno.test(`opening ${kind}'s door anew gives it its whole time again`, async () => {
    await using scratch = await Scratch.create();
    await using net = await Network.create();
    const { server, alice } = await hosts(net);
    const config = await setUp(kind, server, scratch, OPEN_S);
    const ends: number[] = [];
    for (let opened = 0; opened < 2; opened++) {
      const daemon = await serve(server, config);
      await afterwards(
        daemon,
        /ssh: running command/,
        () => knock(alice, server.ipv4, ...KNOCK),
      );
      await waitFor(() => alice.canConnect(server.ipv4, 22), 20_000, "it opens");
      daemon.kill("SIGKILL");
      await daemon.wait();

      ends.push(await END_OF[kind](server));
      await sleep(1000);
      await Deno.remove(scratch.path("state"), { recursive: true });
    }
    const [first = 0, second = 0] = ends;
    assert.ok(second - first > 90, `ends at ${first}, then at ${second}`);
  });
}

Deno.test("a server behind nft's ruleset finds its neighbours on IPv6 by itself", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await hosts(net);
  await setUp("nft", server, scratch, 1);
  await server.run(["ip", "neighbour", "flush", "dev", "eth0"]);
  await alice.run(["ip", "neighbour", "flush", "dev", "eth0"]);
  await server.run(["busybox", "ping", "-c", "1", "-W", "2", alice.ipv6]);
  await alice.listen(80);
  assert.ok(await server.canConnect(alice.ipv6, 80, 5000), "what it begins itself");
});
