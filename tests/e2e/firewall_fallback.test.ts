/** What is shut where the config is broken when the machine starts. */
import assert from "node:assert/strict";
import { Scratch } from "../lab/daemon.ts";
import { firewall, guardedHosts, ruleset, sshConfig } from "../lab/kernel_host.ts";
import { Network } from "../lab/net.ts";

Deno.test("a broken config shuts the ports of the last one that was whole", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, mallory } = await guardedHosts(net);
  const config = await sshConfig(scratch, 600);
  const fallback = scratch.path("ruleset.nft");
  const up = () => firewall(server, "up", config, "--fallback", fallback);
  const whole = await Deno.readTextFile(config);

  assert.equal((await up()).code, 0);
  const made = await ruleset(server);
  await Deno.writeTextFile(config, `${whole}[doors.x`);
  const before = await up();
  assert.equal(before.code, 2);
  assert.match(before.said, /inet knockd: up already/);
  assert.equal(await ruleset(server), made);

  await server.run(["nft", "flush", "ruleset"]);
  assert.equal(await mallory.canConnect(server.ipv4, 22, 5000), true);
  const { code, said } = await up();
  assert.equal(code, 2);
  assert.match(said, /knock\.toml:\d+:\d+: /);
  assert.match(said, /inet knockd: up, as \S+ruleset\.nft has it/);
  assert.match(said, /hint: knockd firewall down --table knockd opens its ports/);
  assert.equal(await ruleset(server), made);
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);

  await Deno.remove(config);
  await server.run(["nft", "flush", "ruleset"]);
  await up();
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
  await Deno.writeTextFile(config, whole);
  assert.match((await up()).said, /^table inet knockd: up\n/);
  assert.equal(await ruleset(server), made);
});

Deno.test("a fallback that can't be used is told of beside what is wrong with the config", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server } = await guardedHosts(net);
  const config = await sshConfig(scratch, 600);
  const whole = await Deno.readTextFile(config);
  await Deno.writeTextFile(config, "[doors");
  const fallback = scratch.path("ruleset.nft");
  const up = () => firewall(server, "up", config, "--fallback", fallback);
  const fails = async (why: RegExp) => {
    const { code, said } = await up();
    assert.deepEqual([code, /knock\.toml:1:/.test(said)], [2, true], said);
    assert.match(said, why);
    assert.doesNotMatch(await ruleset(server), /22/);
  };
  await fails(/no ruleset is kept in \S+ruleset\.nft yet/);
  await Deno.writeTextFile(fallback, "add table ip x\n", { mode: 0o600 });
  await fails(/ruleset\.nft is no ruleset of knockd's/);
  await Deno.writeTextFile(fallback, "add table inet knockd\nadd\n");
  await fails(/the kernel's firewall: /);
  await Deno.chmod(fallback, 0o644);
  await fails(/ruleset\.nft can be read by others/);
  await Deno.chmod(fallback, 0o600);

  await Deno.writeTextFile(config, whole.replace("open = 22", 'command = "true"'));
  assert.match((await up()).said, /no door of \S+ has open/);
  assert.equal(await Deno.readTextFile(fallback), "");
  await Deno.writeTextFile(config, whole);
  await server.run(["nft", "add table inet knockd"]);
  await server.run(["nft", "add chain inet knockd other"]);
  const other = await up();
  assert.deepEqual([other.code, /somebody else's/.test(other.said)], [1, true]);
  await Deno.writeTextFile(config, "[doors");
  const { code, said } = await up();
  assert.equal(code, 2);
  assert.match(said, /the table inet knockd is there already, and of another config/);
});

Deno.test("a fallback has room for the doors of a large config", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server, mallory } = await guardedHosts(net);
  const door = (port: number) =>
    `[doors.d${port}]\nopen = ${port}\nsequence = [1, ${port}, 3]\n`;
  const ports = Array.from({ length: 3000 }, (_, i) => 22 + i);
  const config = await scratch.config(ports.map(door).join(""));
  const fallback = scratch.path("ruleset.nft");
  const up = () => firewall(server, "up", config, "--fallback", fallback);
  assert.equal((await up()).code, 0);
  assert.ok((await Deno.stat(fallback)).size > 1024 * 1024);
  await Deno.writeTextFile(config, "[doors");
  await server.run(["nft", "flush", "ruleset"]);
  assert.match((await up()).said, /inet knockd: up, as \S+ has it/);
  assert.equal(await mallory.canConnect(server.ipv4, 22), false);
});

Deno.test("a fallback is what up has, and nothing else", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const { server } = await guardedHosts(net);
  const config = await sshConfig(scratch, 600);
  for (const what of ["down", "status", "nft"]) {
    const { code, said } = await firewall(server, what, config, "--fallback", "x");
    assert.deepEqual([code, said.includes("takes no --fallback")], [2, true], said);
  }
  const up = await firewall(server, "up", config, "--fallback", "/proc/no/such");
  assert.equal(up.code, 0);
  assert.match(up.said, /knockd: warning: can't write \/proc\/no\/such: /);
});
