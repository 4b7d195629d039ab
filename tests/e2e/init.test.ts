/** The README's first screen, typed as it stands: from an empty machine to a session. */
import assert from "node:assert/strict";
import { Scratch } from "../lab/daemon.ts";
import { FreshHost } from "../lab/fresh_host.ts";
import { KNOCKD, Network, waitFor } from "../lab/net.ts";
import { User } from "../lab/one_time.ts";
import { sshServer } from "../lab/ssh_server.ts";

const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

/** The command of the first screen that begins like this, for another host than its own. */
function typed(beginning: string, host: string): string {
  const [screen = ""] = readme.split("\n## ");
  const line = screen.match(/^ {4}.*$/gm)?.find((text) =>
    text.trimStart().startsWith(beginning)
  );
  assert.ok(line !== undefined, `README: no command that begins with ${beginning}`);
  return line.trim().replace(/ {2,}# .*$/, "").replaceAll("example.org", host);
}

Deno.test("an init that is typed wrong, or again for other ports, says what it leaves", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const host = await FreshHost.create(await net.host("server"), scratch.directory);
  const wrong = await host.run("knockd init ssh --host 'a b'");
  assert.deepEqual([wrong.code, /--host takes a name/.test(wrong.stderr)], [2, true]);
  assert.equal((await host.run("ls /etc/knockd")).stdout, "");

  const first = await host.run("knockd init ssh --open 22 --host example.org");
  // No systemd here, so none of its commands either.
  assert.match(first.stderr, /\n {4}knockd service sysv --install/);
  assert.doesNotMatch(first.stderr, /systemctl|not 22/);
  const openrc = await host.run(
    "mkdir /run/openrc; knockd init web --open 80 -c /run/k.toml",
  );
  assert.match(openrc.stderr, /\n {4}knockd service openrc -c \/run\/k.toml --install/);
  const again = await host.run("knockd init ssh --open 2222 --host example.org");
  assert.match(
    again.stderr,
    /its door ssh opens 22, not 2222: see open in \/etc\/knockd/,
  );
  // Whoever lost the first one's line is told how to have another.
  assert.equal(again.stdout, "");
  const [rotate = ""] = /knockd enroll ssh \S+ --host .*/.exec(again.stderr) ?? [];
  const { stdout, stderr } = await host.run(rotate);
  assert.match(stdout, /^otpauth:.*\n$/, stderr);
});

Deno.test("what init says to type on the client tries the port that the door opens", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const host = await FreshHost.create(await net.host("server"), scratch.directory);
  const cases = [
    ["22", "--otp && ssh h"],
    ["53:udp, 8443", "--otp --wait-port 8443"],
    ["53:udp", "--otp"],
  ];
  for (const [index, [open, end]] of cases.entries()) {
    const config = `/etc/knockd/${index}/knock.toml`;
    const command = `knockd init web --open "${open}" --host h -c ${config}`;
    const { code, stderr } = await host.run(command);
    assert.deepEqual([code, /knockd knock h (.*)/.exec(stderr)?.[1]], [0, end], stderr);
  }
});

Deno.test("the README's first screen leads from an empty machine to an ssh session", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const stranger = await net.host("stranger");
  const key = await sshServer(server, scratch);
  const host = await FreshHost.create(server, scratch.directory);

  const init = await host.run(typed("knockd init", server.ipv4));
  assert.equal(init.code, 0, init.stderr);
  const daemon = host.spawn(`exec ${typed("knockd serve", server.ipv4)}`);
  await daemon.waitForLine(/listening on eth0 \(/, 30_000);
  // What is pasted is all that it printed; the line comes first.
  await using user = await User.create(KNOCKD, client, init.stdout);
  for (const who of [client, stranger]) {
    assert.equal(await who.canConnect(server.ipv4, 22), false);
  }

  const known = scratch.path("known_hosts");
  const options = `-i ${key} -o BatchMode=yes -o StrictHostKeyChecking=accept-new ` +
    `-o UserKnownHostsFile=${known}`;
  await scratch.write("ssh", `#!/bin/sh\nexec /usr/bin/ssh ${options} "$@"\n`);
  await Deno.chmod(scratch.path("ssh"), 0o755);
  const path = `PATH=${scratch.directory}:$PATH; export PATH`;
  const session = await client.run(
    ["sh", "-c", `${path}; ${typed("knockd knock", server.ipv4)}`],
    {
      env: { XDG_CONFIG_HOME: user.home },
      stdin: 'echo "inside, from $SSH_CONNECTION"\n',
      timeout: 120_000,
    },
  );
  assert.match(session.stdout, new RegExp(`^inside, from ${client.ipv4} `, "m"));
  assert.equal(await stranger.canConnect(server.ipv4, 22), false);

  // Ctrl-C ends a trial that nobody confirmed: the machine is as it was.
  daemon.kill("SIGINT");
  assert.equal(await daemon.exited, 0);
  await waitFor(() => stranger.canConnect(server.ipv4, 22), 20_000, "the port as it was");
});
