/** What the daemon refuses to start with, and what it starts in spite of. */
import assert from "node:assert/strict";
import { firewallDoor, knock, recordingDoor, Scratch, serve } from "../lab/daemon.ts";
import { type Host, KNOCKD, Network, run } from "../lab/net.ts";

/** Nobody's user and group. */
const NOBODY = 65534;

interface Refusal {
  readonly code: number;
  readonly message: RegExp;
}

/** Runs knockd to its end: one clear line at least, a hint perhaps, and nothing else. */
async function refuses(
  host: Host,
  argv: readonly string[],
  { code, message }: Refusal,
): Promise<void> {
  const result = await host.run(argv, { timeout: 20_000, check: false });
  const said = `${argv.slice(-2).join(" ")}: ${result.stdout}${result.stderr}`;
  assert.match(result.stderr, message, said);
  assert.equal(result.code, code, said);
  for (const line of result.stderr.trimEnd().split("\n")) {
    assert.match(line, /^(knockd: (error|hint|warning): |starting up, )/, said);
  }
  assert.doesNotMatch(said, /JBSWY3DP|listening on eth0 \(|Deno|\.ts:\d/);
}

Deno.test("a config that can't be right ends the start with exit code 2", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const otp = '[doors.ssh]\nstart_command = "true"\n[doors.ssh.otp]\n' +
    "[doors.ssh.clients.alice]\n" +
    'secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"\n';
  const random = crypto.getRandomValues(new Uint8Array(60_000));
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  const rows: [name: string, content: string | Uint8Array, message: RegExp][] = [
    ["binary.toml", random, /binary\.toml/],
    ["binary.conf", random, /binary\.conf/],
    ["zeros.toml", new Uint8Array(5000), /zeros\.toml/],
    ["huge.toml", `# ${"x".repeat(8_000_000)}\n${door}`, /huge\.toml.*(large|bytes)/],
    ["huge.conf", "[a]\n".repeat(2_000_000), /huge\.conf.*(large|bytes)/],
    ["typo.toml", door.replace("command", "comand"), /typo\.toml:\d+:\d+.*comand/],
    ["otp.toml", otp, /otp\.toml.*chmod 6[04]0/],
  ];
  for (const [name, content, message] of rows) {
    const path = await scratch.write(name, content);
    if (name === "otp.toml") await Deno.chmod(path, 0o644);
    await refuses(server, [...KNOCKD, "serve", "-c", path], { code: 2, message });
  }
  const missing = [...KNOCKD, "serve", "-c", scratch.path("nosuch.toml")];
  await refuses(server, missing, { code: 2, message: /nosuch\.toml/ });
  const directory = [...KNOCKD, "serve", "-c", scratch.directory];
  await refuses(server, directory, { code: 2, message: /directory/ });
});

Deno.test("without the right to capture, the error names CAP_NET_RAW", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const config = await scratch.config(recordingDoor(scratch, "ssh", "7000,8000,9000"));
  const unable = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"];
  await refuses(server, [...unable, ...KNOCKD, "serve", "-c", config], {
    code: 1,
    message: /no right to capture[^]*CAP_NET_RAW/,
  });
});

Deno.test("root of a user namespace is not told to be root", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  const rootless = ["unshare", "--user", "--map-root-user", ...KNOCKD, "serve", "-c"];
  const hint =
    "[^]*hint: root in here is another user outside .*root, not rootless, with";
  for (
    const [name, more, message] of [
      ["commands", "", `no right to capture${hint}`],
      ["open", "open = 22\n", `the kernel's firewall: not permitted${hint}`],
    ] as const
  ) {
    const config = await scratch.write(`${name}.toml`, door + more);
    const refusal = { code: 1, message: RegExp(message) };
    await refuses(server, [...rootless, config], refusal);
  }
});

Deno.test("root of a user namespace with its own network is told which right it lacks", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000", "open = 22");
  const config = await scratch.config(door);
  const own = ["unshare", "--user", "--map-root-user", "--net"];
  const unable = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"];
  await refuses(
    server,
    [...own, ...unable, ...KNOCKD, "serve", "-i", "lo", "-c", config],
    {
      code: 1,
      message: /not permitted[^]*hint: .*the capability CAP_NET_ADMIN/,
    },
  );
});

Deno.test("another user than root is told what to do, whatever is missing first", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000", 'stop_command = "true"');
  const config = await scratch.config(door);
  await Deno.mkdir(scratch.path("state"), { mode: 0o700 });
  // It may read everything, as neither Deno nor the source need be where others may.
  const rights = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"];
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", ...rights];
  // A cache of its own: Deno's with the packages, or the one that knockd unpacks to.
  const cache = scratch.path("cache");
  const { denoDir } = JSON.parse((await run([Deno.execPath(), "info", "--json"])).stdout);
  await Deno.chmod(scratch.directory, 0o711);
  await Deno.mkdir(cache, { mode: 0o700 });
  await run(["cp", "-r", `${denoDir}/npm`, cache]);
  await run(["chown", "-R", `${NOBODY}:${NOBODY}`, cache]);
  const env = [
    "env",
    "-u",
    "CACHE_DIRECTORY",
    `DENO_DIR=${cache}`,
    `XDG_CACHE_HOME=${cache}`,
  ];
  const argv = [...env, "setpriv", ...user, ...KNOCKD, "serve", "-c", config];
  await refuses(server, argv, {
    code: 1,
    message: /state: belongs to user 0[^]*hint: run knockd as root/,
  });
  await Deno.chown(scratch.path("state"), NOBODY, NOBODY);
  await Deno.chown(scratch.directory, NOBODY, NOBODY);
  await refuses(server, argv, {
    code: 1,
    message: /no right to capture[^]*run it as root/,
  });
});

Deno.test("without libpcap, the error names its packages", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const config = await scratch.config(recordingDoor(scratch, "ssh", "7000,8000,9000"));
  const hide = "for f in $(ldconfig -p | sed -n 's/.*libpcap.* => //p'); do " +
    'mount --bind /dev/null "$(readlink -f "$f")" || exit 9; done; exec "$@"';
  const argv = ["sh", "-c", hide, "sh", ...KNOCKD, "serve", "-c", config];
  await refuses(server, argv, {
    code: 1,
    message: /libpcap0\.8.*Debian|Debian.*libpcap/,
  });
});

Deno.test("a second daemon with the same PID file or state is refused and names the first", async () => {
  await using scratch = await Scratch.create();
  await using other = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000", 'stop_command = "true"');
  const pidFile = scratch.path("knockd.pid");
  // Stale, and the number of a process that lives.
  await scratch.write("knockd.pid", `${Deno.pid}\n`);
  const config = await scratch.config(door, `pid_file = "${pidFile}"`);
  const daemon = await serve(server, config);
  const pid = (await scratch.lines("knockd.pid"))[0]!;
  assert.ok(Number(pid) > 0 && pid !== `${Deno.pid}`, pid);

  const samePidFile = await other.config(door, `pid_file = "${pidFile}"`);
  await refuses(server, [...KNOCKD, "serve", "-c", samePidFile], {
    code: 1,
    message: new RegExp(`another knockd is running.*${pid}`),
  });
  const sameState = await scratch.write(
    "second.toml",
    (await Deno.readTextFile(config)).replace(/pid_file.*/, ""),
  );
  await refuses(server, [...KNOCKD, "serve", "-c", sameState], {
    code: 1,
    message: new RegExp(`another knockd is running.*${pid}`),
  });
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await scratch.waitForLines("opened", 1);
  assert.equal(await daemon.stop(), 0);
  assert.deepEqual(await scratch.lines("knockd.pid"), []);
});

Deno.test("a PID file that can't be made shuts no door, as with knockd 0.8", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const door = recordingDoor(scratch, "ssh", "7000,8000,9000");
  const config = await scratch.config(door);
  const kept = await scratch.write("kept", "no PID file\n");
  for (const path of [scratch.path("gone/knockd.pid"), scratch.directory, kept]) {
    const daemon = await serve(server, config, ["-p", path]);
    const warning = `knockd: warning: cannot use PID file ${path}: `;
    assert.match(daemon.stderr, /; going on without a PID file$/m);
    assert.ok(daemon.stderr.includes(warning), daemon.stderr);
    assert.equal(await daemon.stop(), 0);
  }
  assert.deepEqual(await scratch.lines("kept"), ["no PID file"]);
});

Deno.test("an interface that there isn't is waited for", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const config = await scratch.config(recordingDoor(scratch, "ssh", "7000,8000,9000"));
  const daemon = server.spawn([...KNOCKD, "serve", "-c", config, "-i", "later0"]);
  await daemon.waitForLine(/not listening on later0: there is no such interface/, 20_000);
  await server.run(["ip", "link", "add", "later0", "type", "veth", "peer", "later1"]);
  await server.run(["ip", "link", "set", "later0", "up"]);
  await daemon.waitForLine(/^listening on later0 \(/);
  assert.equal(await daemon.stop(), 0);
});

Deno.test("a host that there isn't ends the client with one line", async () => {
  await using net = await Network.create();
  const client = await net.host("client");
  // There is no DNS in the namespace either, which takes 5 s to find out by default.
  const soon = ["env", "RES_OPTIONS=timeout:1 attempts:1"];
  const argv = [...soon, ...KNOCKD, "knock", "nosuch.invalid", "7000"];
  await refuses(client, argv, { code: 1, message: /nosuch\.invalid/ });
});

Deno.test("a full disk under the log stops nothing, and the log says what it lost", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  await Deno.mkdir(scratch.path("log"));
  const log = scratch.path("log/knockd.log");
  const doors = firewallDoor("ssh", "7000,8000,9000", 60) +
    recordingDoor(scratch, "note", "7001,8001,9001");
  const config = await scratch.config(doors, `log_file = "${log}"`);
  const full = `mount -t tmpfs -o size=16k none ${scratch.path("log")} && ` +
    `: > ${log} && ! cat /dev/zero 2>&- > ${scratch.path("log/full")}; exec "$@"`;
  const daemon = server.spawn([
    ...["sh", "-c", full, "sh"],
    ...[...KNOCKD, "serve", "-c", config, "-v"],
  ]);
  await daemon.waitForLine(/^listening on eth0/, 20_000);
  await daemon.waitForLine(/cannot write log file .*No space left.*going on/i);
  await knock(client, server.ipv4, 7000, 8000, 9000);
  await daemon.waitForLine(/ssh: running command/);
  const enter = ["nsenter", "-m", "-t", `${daemon.pid}`];
  await server.run([...enter, "rm", scratch.path("log/full")]);
  await knock(client, server.ipv4, 7001, 8001, 9001);
  await scratch.waitForLines("opened", 1);
  const { stdout } = await server.run([...enter, "cat", log]);
  assert.match(stdout, /\d+ lines were lost/);
  assert.match(stdout, /note: OPEN SESAME/);
  assert.equal(await daemon.stop(), 0);
  const rules = await server.run(["iptables", "-S", "INPUT"]);
  assert.doesNotMatch(rules.stdout, / -s /);
});
