/** The script for System V's init, with a daemon whose process does not run its own file. */
import assert from "node:assert/strict";
import { GUARD_DIRECTORY } from "../../lib/setup/service/guard_command.ts";
import { sysvGuard } from "../../lib/setup/service/sysv_guard.ts";
import { sysvScript } from "../../lib/setup/service/sysv.ts";
import { Scratch } from "../lab/daemon.ts";
import { type Host, KNOCKD, Network, type Result, waitFor } from "../lab/net.ts";

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

const SERVICE = { writable: [], isGuarded: true, givesSocketAway: false };

/** The script and what it runs, in a directory of their own. */
class Script {
  readonly #scratch: Scratch;
  readonly #host: Host;
  readonly #path: string;

  private constructor(scratch: Scratch, host: Host, path: string) {
    this.#scratch = scratch;
    this.#host = host;
    this.#path = path;
  }

  static async install(scratch: Scratch, host: Host): Promise<Script> {
    // As the self-extracting form does, what is started runs another file.
    const program = scratch.path("knockd");
    const start = `#!/bin/sh\nexec ${KNOCKD.map(quoted).join(" ")} "$@"\n`;
    await Deno.writeTextFile(program, start, { mode: 0o755 });
    const config = scratch.path("knock.toml");
    const text = sysvScript({ program, config })
      .replace("/run/knockd.pid", scratch.path("pid"))
      .replaceAll("/etc/default/knockd", scratch.path("default"))
      .replace("/var/log/knockd.log", scratch.path("default.log"));
    await Deno.writeTextFile(scratch.path("script"), text, { mode: 0o755 });
    return new Script(scratch, host, scratch.path("script"));
  }

  call(verb: string): Promise<Result> {
    return this.#host.run([this.#path, verb], { check: false, timeout: 60_000 });
  }

  config(
    door: string,
    log = `log_file = "${this.#scratch.path("log")}"`,
  ): Promise<string> {
    const ports = `[doors.${door}]\nsequence = "7000,8000,9000"\ncommand = "true"\n`;
    return this.#scratch.config(ports, log);
  }

  async pid(): Promise<number> {
    return Number(await Deno.readTextFile(this.#scratch.path("pid")));
  }

  /** Waits until the log has said something so many times. */
  said(words: string, times: number, log = "log"): Promise<void> {
    const count = async () =>
      (await this.#scratch.lines(log)).filter((line) => line.includes(words)).length;
    return waitFor(async () => await count() >= times, 60_000, () => words);
  }
}

const isThere = (pid: number) => Deno.stat(`/proc/${pid}`).then(() => true, () => false);

Deno.test("the System V script starts, asks, reloads, restarts and stops the one daemon", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const host = await net.host("server");
  const script = await Script.install(scratch, host);
  await script.config("first");

  assert.equal((await script.call("status")).code, 3);
  assert.equal((await script.call("stop")).code, 0);
  assert.equal((await script.call("reload")).code, 7);
  assert.equal((await script.call("start")).code, 0);
  const first = await script.pid();
  assert.equal((await script.call("start")).code, 0, "it runs already");
  assert.equal(await script.pid(), first);
  assert.match((await script.call("status")).stdout, new RegExp(`process ${first}`));

  assert.equal((await script.call("reload")).code, 0);
  await script.said("re-reading config file", 1);
  assert.equal(await isThere(first), true);

  await Deno.writeTextFile(scratch.path("knock.toml"), "wrong");
  for (const verb of ["restart", "reload"]) {
    const refused = await script.call(verb);
    assert.equal(refused.code, 1, verb);
    assert.match(refused.stderr, /knock\.toml:1:.*: this is not TOML/, verb);
  }
  assert.equal(await isThere(first), true, "a wrong config stops nobody");
  // Told all the same, and so opens its log anew.
  await script.said("re-reading config file", 2);

  await script.config("second");
  assert.equal((await script.call("restart")).code, 0);
  assert.equal(await isThere(first), false);
  const second = await script.pid();
  assert.notEqual(second, first);
  await script.said("listening on eth0", 2);

  assert.equal((await script.call("stop")).code, 0);
  assert.equal(await isThere(second), false);
  assert.equal((await script.call("status")).code, 3);
  assert.equal((await script.call("restart")).code, 0, "what does not run is started");
  assert.equal((await script.call("status")).code, 0);
  assert.equal((await script.call("stop")).code, 0);
});

Deno.test("the System V script keeps a log where the config names none", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const script = await Script.install(scratch, await net.host("server"));
  await script.config("first", '# log_file = "elsewhere"\nuse_syslog = false');
  assert.equal((await script.call("start")).code, 0);
  await script.said("listening on eth0", 1, "default.log");
  assert.equal((await script.call("stop")).code, 0);
});

Deno.test("the System V script ends no other program whose number is in a stale PID file", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const host = await net.host("server");
  const script = await Script.install(scratch, host);
  const bystander = host.spawn(["sleep", "600"]);
  await Deno.writeTextFile(scratch.path("pid"), `${bystander.pid}\n`);
  assert.equal((await script.call("status")).code, 1);
  assert.equal((await script.call("stop")).code, 0);
  assert.equal((await script.call("reload")).code, 7);
  assert.equal(bystander.running, true);

  await Deno.writeTextFile(scratch.path("default"), "START_KNOCKD=0\n");
  await script.config("first");
  assert.match((await script.call("start")).stdout, /not started/);
  assert.equal((await script.call("status")).code, 1);
});

Deno.test("the System V guard shuts a port, also with a broken config, and opens none when it stops", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const stranger = await net.host("stranger");
  await server.listen(22);
  const start = `#!/bin/sh\nexec ${KNOCKD.map(quoted).join(" ")} "$@"\n`;
  const program = scratch.path("knockd");
  await Deno.writeTextFile(program, start, { mode: 0o755 });
  const service = { ...SERVICE, program, config: scratch.path("knock.toml") };
  const text = sysvGuard(service).replaceAll(GUARD_DIRECTORY, scratch.path("guard"));
  await Deno.writeTextFile(scratch.path("script"), text, { mode: 0o755 });
  const call = (verb: string) =>
    server.run([scratch.path("script"), verb], { check: false, timeout: 60_000 });

  await scratch.config('[doors.ssh]\nsequence = "7000,8000,9000"\nopen = 22\n');
  assert.equal((await call("start")).code, 0);
  assert.match((await call("status")).stdout, /inet knockd: up/);
  assert.equal((await call("stop")).code, 0);
  assert.equal(await stranger.canConnect(server.ipv4, 22), false);
  await Deno.writeTextFile(service.config, "wrong");
  await server.run(["nft", "flush", "ruleset"]);
  assert.notEqual((await call("start")).code, 0);
  assert.equal(await stranger.canConnect(server.ipv4, 22), false);
});
