/** Doors with `open`: who gets in, until when, and what is left when the daemon is gone. */
import assert from "node:assert/strict";
import { afterwards, knock, Scratch, serve } from "../lab/daemon.ts";
import {
  firewall,
  guardedHosts,
  KNOCK,
  knockUntilOpen,
  ruleset,
  sshConfig,
  waitUntilShut,
} from "../lab/kernel_host.ts";
import { Network, waitFor } from "../lab/net.ts";

const FLUSH = "flush chain inet knockd guard";
const POLICY = "add chain inet knockd guard { policy drop; }";

Deno.test("the kernel lets in who knocked, nobody else, and closes though knockd is killed", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  const daemon = await serve(server, await sshConfig(scratch, 8));
  for (const address of [server.ipv4, server.ipv6]) {
    assert.equal(await alice.canConnect(address, 22), false);
    await knockUntilOpen(alice, address);
    assert.equal(await mallory.canConnect(address, 22), false);
  }
  await daemon.stop("SIGKILL");
  await waitUntilShut(alice, server.ipv4);
  await waitUntilShut(alice, server.ipv6);
});

Deno.test("a ruleset that is flushed is whole again, and who knocked still gets in", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  const daemon = await serve(server, await sshConfig(scratch, 600));
  await knockUntilOpen(alice, server.ipv4);
  await server.run(["nft", "flush", "ruleset"]);
  await daemon.waitForLine(/another program changed the table inet knockd/, 20_000);
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
  assert.equal(await alice.canConnect(server.ipv4, 22, 5000), true);
});

Deno.test("a table that was put to sleep, emptied, opened or made to drop all is not called up", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, mallory } = await guardedHosts(net);
  await server.listen(80);
  const config = await sshConfig(scratch, 600);
  const sleep = "table inet knockd { flags dormant; }";
  const accept = "insert rule inet knockd guard accept";
  for (const change of [sleep, FLUSH, accept, POLICY]) {
    assert.equal((await firewall(server, "up", config)).code, 0);
    assert.match((await firewall(server, "status", config)).said, /knockd: up\n/);
    await server.run(["nft", change]);
    const { said } = await firewall(server, "status", config);
    assert.match(said, /knockd: not whole/, change);
  }
  assert.equal((await firewall(server, "up", config)).code, 0);
  const text = await Deno.readTextFile(config);
  const other = await scratch.write("other.toml", text.replace("= 22", "= 23"));
  const changed = (await firewall(server, "status", other)).said;
  assert.match(changed, /knockd: up\n.*door ssh: not in it yet/, "not reloaded yet");
  assert.match(changed, /not of this config: port 22 is dropped \(knockd reload/);
  const daemon = await serve(server, config);
  await server.run(["nft", POLICY]);
  await daemon.waitForLine(/another program changed the table inet knockd/, 20_000);
  assert.equal(await mallory.canConnect(server.ipv4, 80, 5000), true);
});

Deno.test("a table that holds no more than somebody's counter is not knockd's", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const config = await sshConfig(scratch, 600);
  for (const theirs of ["{ counter hits { }; }", "{ flags dormant; }"]) {
    await server.run(["nft", `add table inet knockd ${theirs}`]);
    const before = await ruleset(server);
    for (const what of ["up", "down"]) {
      const { code, said } = await firewall(server, what, config);
      assert.deepEqual([code, /nothing in it says/.test(said)], [1, true], said);
    }
    assert.equal(await ruleset(server), before);
    await server.run(["nft", "delete table inet knockd"]);
  }
});

Deno.test("a restart finds who may pass, and an exit shuts the port", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await guardedHosts(net);
  const config = await sshConfig(scratch, 600);
  const killed = await serve(server, config);
  await knockUntilOpen(alice, server.ipv4);
  await killed.stop("SIGKILL");
  const daemon = await serve(server, config);
  assert.match((await firewall(server, "status", config)).said, /open: ssh for 10\.77/);
  const bare = await scratch.write("bare.toml", "[options]\n");
  const { said: rest } = await firewall(server, "status", bare);
  assert.match(rest, /not of this config: port 22 is dropped \(.*firewall down\)/);
  assert.match(rest, /not of this config: 10\.77\S* may pass, for \d+ s/);
  const { code, said } = await firewall(server, "down", config);
  assert.deepEqual([code, /stop it first/.test(said)], [1, true], "a daemon has it");
  assert.equal(await daemon.stop(), 0);
  await waitUntilShut(alice, server.ipv4);
  assert.equal((await firewall(server, "down", config)).code, 0);
  assert.equal(await alice.canConnect(server.ipv4, 22, 5000), true);
  assert.equal(await ruleset(server), "");
});

Deno.test("a daemon starts while a command of a killed one still runs", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await guardedHosts(net);
  const waits = 'start_command = "exec sleep 300"\nstop_command = "true"';
  const config = await sshConfig(scratch, 600, waits);
  const killed = await serve(server, config);
  await knockUntilOpen(alice, server.ipv4);
  await killed.stop("SIGKILL");
  const daemon = await serve(server, config);
  await waitUntilShut(alice, server.ipv4);
  assert.equal(await daemon.stop(), 0);
});

Deno.test("a trial that nobody confirms says so and leaves no table", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await guardedHosts(net);
  const daemon = await serve(server, await sshConfig(scratch, 600), ["--trial", "1"]);
  await daemon.waitForLine(/nobody confirmed within 1 s .*: the trial is over/, 20_000);
  assert.equal(await daemon.exited, 0);
  assert.equal(await ruleset(server), "");
  assert.equal(await alice.canConnect(server.ipv4, 22, 5000), true);
});

Deno.test("a trial that is left by Ctrl-\\ leaves no table either", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server } = await guardedHosts(net);
  const daemon = await serve(server, await sshConfig(scratch, 600), ["--trial", "600"]);
  assert.equal(await daemon.stop("SIGQUIT"), 0);
  assert.equal(await ruleset(server), "");
});

Deno.test("an idle session lives on when its port becomes a guarded one, by two doors", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const admin = await net.host("admin");
  const echo = new URL("../lab/echo.ts", import.meta.url).pathname;
  const listener = server.spawn([
    Deno.execPath(),
    "run",
    "--no-config",
    "--allow-net",
    echo,
    "22",
  ]);
  await listener.waitForLine(/^listening$/, 20_000);
  const sessions = [server.ipv4, server.ipv6].map((address) => {
    const go = scratch.path("go");
    const script = `exec 3<>"/dev/tcp/$0/22"; echo one >&3; read -r a <&3; echo "got $a"
      while ! [ -e ${go} ]; do sleep 0.05; done
      echo two >&3; read -r -t 20 a <&3; echo "got $a"`;
    return admin.spawn(["bash", "-c", script, address]);
  });
  for (const session of sessions) await session.waitForLine(/^got one$/, 20_000);
  const aimed =
    `[doors.aimed]\ntarget = "${server.ipv4}"\nopen = 22\nsequence = "7001,8001"`;
  await serve(server, await sshConfig(scratch, 600, aimed));
  await scratch.write("go", "");
  for (const session of sessions) await session.waitForLine(/^got two$/, 20_000);
  assert.equal(await admin.canConnect(server.ipv4, 22), false);
  await knockUntilOpen(admin, server.ipv4);
});

Deno.test("no redirection leads around the guard, and a published port is guarded", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  await server.listen(80);
  await server.run(["nft", "-f", "-"], {
    stdin: `add table ip nat
      add chain ip nat pre { type nat hook prerouting priority -100; }
      add rule ip nat pre tcp dport 2222 redirect to :22
      add rule ip nat pre tcp dport 8080 redirect to :80
`,
  });
  assert.equal(await mallory.canConnect(server.ipv4, 2222, 5000), true);
  assert.equal(await mallory.canConnect(server.ipv4, 8080, 5000), true);
  const web =
    `[doors.web]\nopen = 8080\nsequence = "7100,8100,9100"\ncmd_timeout = 600\n`;
  await serve(server, await sshConfig(scratch, 600, web));
  assert.equal(await mallory.canConnect(server.ipv4, 2222), false);
  assert.equal(await mallory.canConnect(server.ipv4, 8080), false);
  await knockUntilOpen(alice, server.ipv4, 8080, [7100, 8100, 9100]);
  assert.equal(await alice.canConnect(server.ipv4, 2222), false);
  await knockUntilOpen(alice, server.ipv4, 2222, KNOCK);
});

Deno.test("whoever is allowed needs no knock, and one connection is one", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  await server.listen(443);
  const config = await sshConfig(
    scratch,
    600,
    `allow = "${mallory.ipv4}"
     [doors.web]
     open = "443"
     connections = 1
     sequence = "7100,8100,9100"
     cmd_timeout = 600
    `,
  );
  await server.run(["nft", "-f", "-"], {
    stdin: `add table ip nat
      add chain ip nat pre { type nat hook prerouting priority -100; }
      add rule ip nat pre tcp dport 4443 redirect to :443
`,
  });
  const daemon = await serve(server, config);
  assert.equal(await mallory.canConnect(server.ipv4, 22, 5000), true);
  assert.equal(await mallory.canConnect(server.ipv6, 22), false);
  const { said } = await firewall(server, "status", config);
  assert.match(said, /port 22 is dropped, but for those who knocked or need no knock/);
  // Once: a knock that is heard when the place is taken gives another one.
  const knockOnce = () => knock(alice, server.ipv4, 7100, 8100, 9100);
  await afterwards(daemon, /web: OPEN SESAME/, knockOnce);
  await waitFor(() => alice.canConnect(server.ipv4, 443, 5000));
  assert.equal(await alice.canConnect(server.ipv4, 443), false);
  assert.equal(await alice.canConnect(server.ipv4, 4443), false);
  await knockUntilOpen(alice, server.ipv4, 4443, [7100, 8100, 9100]);
  assert.equal(await alice.canConnect(server.ipv4, 4443), false);
  assert.equal(await alice.canConnect(server.ipv4, 443), false);
  await waitFor(
    async () => !/open: web/.test((await firewall(server, "status", config)).said),
    20_000,
    "the place to be used up",
  );
  assert.equal(await daemon.stop(), 0);
});
