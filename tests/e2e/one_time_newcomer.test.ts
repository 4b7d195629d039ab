/** The way of a newcomer, as the README has it: from enroll to an open ssh session. */
import assert from "node:assert/strict";
import { Scratch, serve } from "../lab/daemon.ts";
import { KNOCKD, Network, waitFor } from "../lab/net.ts";
import { User } from "../lab/one_time.ts";
import { sshServer } from "../lab/ssh_server.ts";

/** The README's example in the section on one-time knocks that begins like this. */
async function example(beginning: string): Promise<string> {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [, rest = ""] = readme.split("\n## One-time knocks\n");
  const [section = ""] = rest.split("\n## ");
  const examples = section.match(/(?:^ {4}.*\n)+/gm) ?? [];
  const plain = examples.map((text) => text.replaceAll(/^ {4}/gm, ""));
  const found = plain.find((text) => text.startsWith(beginning));
  assert.ok(found !== undefined, `README: no example that begins with ${beginning}`);
  return found;
}

Deno.test("a newcomer gets from enroll to an open ssh session by the README", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const stranger = await net.host("stranger");
  const key = await sshServer(server, scratch);
  await using user = await User.create(KNOCKD, client);
  const began = performance.now();

  const config = await scratch.config(await example("[doors.ssh]"));
  await serve(server, config);
  const onServer = (...args: string[]) => server.run([...KNOCKD, ...args, "-c", config]);
  const enrolled = await onServer("enroll", "ssh", "alice", "--host", server.ipv4);
  await onServer("reload");
  // All that enroll printed may be pasted: the line comes first.
  await user.knockd(["profile", "add"], { stdin: enrolled.stdout });

  assert.equal(await client.canConnect(server.ipv4, 22), false);
  const sshConfig = await scratch.write(
    "ssh_config",
    (await example("Host ")).replaceAll("example.org", server.ipv4)
      .replaceAll("knockd knock", [...KNOCKD, "knock"].join(" ")),
  );
  const trust = ["-oBatchMode=yes", "-oStrictHostKeyChecking=accept-new"];
  const known = `-oUserKnownHostsFile=${scratch.path("known_hosts")}`;
  const ssh = ["ssh", "-F", sshConfig, "-i", key, ...trust, known, `root@${server.ipv4}`];
  const session = await client.run([...ssh, "echo inside, from $SSH_CONNECTION"], {
    env: { XDG_CONFIG_HOME: user.home },
  });
  const seconds = (performance.now() - began) / 1000;
  assert.match(session.stdout, new RegExp(`^inside, from ${client.ipv4} `));
  console.log(`of two minutes, the machines took ${seconds.toFixed(1)} s`);
  assert.equal(await stranger.canConnect(server.ipv4, 22), false);
});

Deno.test("a client waits for the port, and it is closed again in its time", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.listen(22);
  const door = (await example("[doors.ssh]")).replace(/30$/m, "8");
  const config = await scratch.config(door);
  const enroll = ["enroll", "ssh", "alice", "--host", server.ipv4, "--uri-only"];
  const { stdout } = await server.run([...KNOCKD, ...enroll, "-c", config]);
  await serve(server, config);
  await using user = await User.create(KNOCKD, client, stdout);
  const wait = ["--otp", "--wait-port", "22"];
  const { code } = await user.knockd(["knock", server.ipv4, ...wait, "--", "true"]);
  assert.equal(code, 0);
  const isClosed = async () => !await client.canConnect(server.ipv4, 22, 200);
  await waitFor(isClosed, 30_000, "closed again");
});
