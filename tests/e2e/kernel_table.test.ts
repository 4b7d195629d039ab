/** The table of doors with `open`: whose it is, and how it comes and goes. */
import assert from "node:assert/strict";
import { Scratch, serve } from "../lab/daemon.ts";
import {
  firewall,
  guardedHosts,
  knockUntilOpen,
  ruleset,
  sshConfig,
} from "../lab/kernel_host.ts";
import { KNOCKD, Network } from "../lab/net.ts";

Deno.test("a ruleset that was saved is loaded while a daemon keeps its table, which no second one gets", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice, mallory } = await guardedHosts(net);
  await server.run(["nft", "add table inet knockd_daemon"]);
  const daemon = await serve(server, await sshConfig(scratch, 600));
  JSON.parse((await server.run(["nft", "-j", "list", "ruleset"])).stdout);
  const saved = `flush ruleset\n${await ruleset(server)}`;
  await server.run(["nft", "-f", "-"], { stdin: saved });
  await knockUntilOpen(alice, server.ipv4);
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
  await using beside = await Scratch.create();
  const other = await sshConfig(beside, 600);
  const { code, stderr } = await server.run([...KNOCKD, "serve", other], {
    check: false,
    timeout: 20_000,
  });
  assert.deepEqual([code, /keeps the table inet knockd already/.test(stderr)], [1, true]);
  await daemon.stop("SIGKILL");
  const { said } = await firewall(server, "up", other);
  assert.match(said, /inet knockd: up/);
});

Deno.test("a port is opened again though the config is gone", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await guardedHosts(net);
  const text = await Deno.readTextFile(await sshConfig(scratch, 600));
  const named = text.replace("[options]", '[options]\ntable = "mine"');
  const config = await scratch.write("mine.toml", named);
  assert.equal((await firewall(server, "up", config)).code, 0);
  await server.run(["nft", "add table inet other"]);
  await Deno.writeTextFile(config, text);
  for (const what of ["down", "status"]) {
    const { code, said } = await firewall(server, what, config);
    assert.deepEqual([code, /mine: .*earlier name \(.*down --table/.test(said)], [
      0,
      true,
    ]);
  }
  await Deno.remove(config);
  for (const what of ["down", "status"]) {
    const { code, said } = await firewall(server, what, config);
    assert.equal(code, 2, said);
    assert.ok(said.includes(`hint: knockd firewall ${what} --table mine `), said);
  }
  const [command = ""] = /(?<=hint: knockd firewall ).* mine/.exec(
    (await firewall(server, "down", config)).said,
  )!;
  assert.equal(await alice.canConnect(server.ipv4, 22), false);
  const status = [...KNOCKD, "firewall", "status", "--table", "mine"];
  assert.match((await server.run(status)).stdout, /mine: there\n +port 22 is dropped\n$/);
  const argv = [...KNOCKD, "firewall", ...command.split(" ")];
  assert.match((await server.run(argv)).stdout, /mine: down/);
  assert.equal(await alice.canConnect(server.ipv4, 22, 5000), true);
  assert.match(
    (await firewall(server, "down", config)).said,
    /hint: no table of knockd's/,
  );
});

Deno.test("a port that a config has under another path now is opened when it has it no more", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, alice } = await guardedHosts(net);
  const before = await sshConfig(scratch, 600);
  assert.equal((await firewall(server, "up", before)).code, 0);
  const text = await Deno.readTextFile(before);
  const moved = await scratch.write("moved.toml", text);
  await (await serve(server, moved)).stop();
  assert.equal(await alice.canConnect(server.ipv4, 22), false);
  await Deno.writeTextFile(moved, text.replace("open = 22", 'command = "true"'));
  await serve(server, moved);
  assert.equal(await alice.canConnect(server.ipv4, 22, 5000), true);
});
