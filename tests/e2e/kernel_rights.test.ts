/** Doors with `open` without root, and without the right to run anything. */
import assert from "node:assert/strict";
import { Scratch } from "../lab/daemon.ts";
import {
  guardedHosts,
  knockUntilOpen,
  sshConfig,
  waitUntilShut,
} from "../lab/kernel_host.ts";
import { KNOCKD, Network, PATIENCE_MS } from "../lab/net.ts";
import { asNobody } from "../lab/powerless.ts";

Deno.test("a user with two capabilities has the kernel's doors opened and closed", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  const config = await sshConfig(scratch, 8);
  const user = await asNobody(scratch);
  const daemon = server.spawn([...user, ...KNOCKD, "serve", "-c", config]);
  await daemon.waitForLine(/listening on eth0 \(/, 2 * PATIENCE_MS);
  assert.equal(await alice.canConnect(server.ipv4, 22), false);
  await knockUntilOpen(alice, server.ipv4);
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
  await waitUntilShut(alice, server.ipv4);
  await server.run(["nft", "flush", "ruleset"]);
  await daemon.waitForLine(/another program changed the table inet knockd/, PATIENCE_MS);
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
  assert.equal(await daemon.stop(), 0);
});

Deno.test("where nothing may be executed, a door of commands is refused at the start", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const door = '[doors.mail]\nsequence = "7100,8100,9100"\n';
  for (const command of ['"touch /tmp/x"', '["touch", "/tmp/x"]']) {
    const config = await sshConfig(scratch, 8, `${door}start_command = ${command}\n`);
    // What NoExecPaths= does to the programs of the doors.
    const noexec = "for d in /bin/sh $(command -v touch); do d=$(readlink -f $d) && " +
      "mount --bind $d $d && mount -o remount,bind,noexec $d || exit 9; done; " +
      'exec "$@"';
    const argv = ["bash", "-c", noexec, "sh", ...DENO_ONLY, "serve", "-c", config];
    const { code, stderr } = await server.run(argv, { check: false });
    assert.match(stderr, /the door mail has a command, and \S+ may not be executed here/);
    assert.equal(code, 2);
    assert.equal((await server.run(["nft", "list", "ruleset"])).stdout, "");
  }
});

/** The executable is a shell script, and this is about a process that runs already. */
const DENO_ONLY = [
  Deno.execPath(),
  "run",
  "--allow-all",
  new URL("../../main.ts", import.meta.url).pathname,
];
