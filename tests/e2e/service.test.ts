/** Services as they are installed, and the daemon with no more rights than its unit gives. */
import assert from "node:assert/strict";
import { firewallDoor, knock, Scratch } from "../lab/daemon.ts";
import { KNOCKD, Network, run, waitFor } from "../lab/net.ts";

const CONFIG = '[doors.ssh]\nsequence = "7000,8000"\nstart_command = "true"\n';
/** The source counts as an executable. */
const env = { KNOCKD_SELF: "/usr/local/bin/knockd" };

/** Runs a shell script in which `$@` is knockd, over directories of services of its own. */
function withServices(script: string) {
  const own = "for d in /etc/systemd/system /etc/init.d; do mkdir -p $d && " +
    `mount -t tmpfs none $d || exit 1; done; ${script}`;
  const argv = ["unshare", "--mount", "sh", "-c", own, "sh", ...KNOCKD];
  return run(argv, { env, check: false, timeout: 30_000 });
}

Deno.test("a service is installed once, and a file of somebody else stays", async () => {
  await using scratch = await Scratch.create();
  const config = await scratch.write("knock.toml", CONFIG);
  const install = `"$@" service --config ${config} --install`;
  const unit = "/etc/systemd/system/knockd.service";
  const { stdout, stderr } = await withServices(`
    ${install}; echo "= $?"; ${install}; echo "= $?"; stat -c %a ${unit}
    "$@" service --config ${config} | cmp - ${unit} && echo same
    echo mine > ${unit}; ${install}; echo "= $?"; cat ${unit}
    ${install} --force; echo "= $?"; ls /etc/systemd/system; head -1 ${unit}`);
  const next = ["    systemctl daemon-reload", "    systemctl enable --now knockd"];
  assert.deepEqual(stdout.trimEnd().split("\n"), [
    ...[`installed ${unit}`, ...next, "= 0"],
    ...[`${unit} is there already`, ...next, "= 0", "644", "same"],
    ...["= 1", "mine"],
    ...[`installed ${unit}`, ...next, "= 0", "knockd.service"],
    "# The doors' commands run under these rules, too. What they need beyond them goes into a",
  ]);
  assert.match(
    stderr,
    /knockd: error: \S+ is there, and differs\nknockd: hint: .*--force/,
  );
});

Deno.test("no unit is put where another can't be, and why is said in words", async () => {
  await using scratch = await Scratch.create();
  const config = await scratch.write("knock.toml", CONFIG.replace("]", "]\nopen = 22"));
  const install = `"$@" service --config ${config} --install`;
  const { stdout, stderr } = await withServices(`cd /etc/systemd/system
    mkdir knockd.service; ${install}; echo "= $?"; ls; rmdir knockd.service
    echo mine > knockd.service; ${install}; echo "= $?"; ls; rm knockd.service
    mkdir -p knockd.service.d/x.conf; ln -s /nonexistent knockd.service.d/y.conf
    ${install}; echo "= $?"; rm *.service
    mount -o remount,ro .; ${install}; echo "= $?"`);
  const unit = "/etc/systemd/system/knockd.service";
  assert.deepEqual(stdout.trimEnd().split("\n").filter((line) => !line.startsWith(" ")), [
    ...["= 1", "knockd.service", "= 1", "knockd.service"],
    `installed ${unit.replace("knockd", "knockd-guard")}`,
    ...[`installed ${unit}`, "= 0", "= 1"],
  ]);
  const lines = stderr.trimEnd().split("\n");
  assert.deepEqual(lines.filter((line) => !line.startsWith("knockd: hint: ")), [
    `knockd: error: ${unit} can't be replaced: Is a directory`,
    `knockd: error: ${unit} is there, and differs`,
    `knockd: warning: ${unit}.d/x.conf is no file: look into it`,
    `knockd: warning: ${unit}.d/y.conf: No such file or directory: look into it`,
    `knockd: error: ${unit.replace("knockd", "knockd-guard")} can't be installed: ` +
    "Read-only file system",
  ]);
  assert.match(stderr, /hint: knockd service prints what belongs there/);
});

Deno.test("over a knockd that runs already the next step is a restart", async () => {
  await using scratch = await Scratch.create();
  const config = await scratch.write("knock.toml", CONFIG.replace("]", "]\nopen = 22"));
  await scratch.write("systemctl", `#!/bin/sh\ncat ${scratch.path("state")}\nexit 3\n`);
  await Deno.chmod(scratch.path("systemctl"), 0o755);
  const steps = async (state: string, kind: string, force = "") => {
    await scratch.write("state", `${state}\n`);
    const { stdout } = await withServices(`PATH=${scratch.directory}:$PATH
      "$@" service ${kind} -c ${config} --install
      [ -z "${force}" ] || { echo; "$@" service ${kind} -c ${config} --install --force; }`);
    const said = stdout.split("\n\n").at(-1)!.split("\n");
    return said.filter((line) => line.startsWith("    ")).map((line) => line.trim());
  };
  const [reload, restart] = ["systemctl daemon-reload", "systemctl restart knockd"];
  const enable = "systemctl enable knockd-guard";
  for (const state of ["active", "activating", "reloading"]) {
    const expected = [reload, `${enable} knockd`, restart];
    assert.deepEqual(await steps(state, "systemd"), expected);
  }
  const again = await steps("active", "systemd", "--force");
  assert.deepEqual(again, [reload, `${enable} knockd`, restart]);
  assert.deepEqual(await steps("active", "guard"), [reload, enable, restart]);
  for (const state of ["inactive", "failed", "unknown", ""]) {
    const now = "systemctl enable --now knockd-guard knockd";
    assert.deepEqual(await steps(state, "systemd"), [reload, now]);
  }
});

Deno.test("no unit is put where no systemd would start it", async () => {
  await using scratch = await Scratch.create();
  const config = await scratch.write("knock.toml", CONFIG);
  const { stdout, stderr } = await withServices(
    `mount --bind /dev/null $(readlink -f $(command -v systemctl))
    "$@" service -c ${config} --install; echo "= $?"; ls /etc/systemd/system
    "$@" service sysv -c ${config} --install | head -1`,
  );
  assert.equal(stdout, "= 1\ninstalled /etc/init.d/knockd\n");
  assert.match(stderr, /error: nothing here would start \S+: there is no systemctl\n/);
  assert.match(stderr, /hint: knockd service openrc --install, or sysv/);
});

for (const [kind, restart] of [["openrc", "rc-service"], ["sysv", "service"]]) {
  Deno.test(`a script for ${kind} is installed so that it can be run, and takes a restart`, async () => {
    await using scratch = await Scratch.create();
    const config = await scratch.write("knock.toml", CONFIG);
    const { stdout } = await withServices(
      `"$@" service ${kind} -c ${config} --install; stat -c %a /etc/init.d/knockd`,
    );
    assert.match(stdout, /^installed \/etc\/init.d\/knockd$/m);
    assert.match(stdout, new RegExp(`^    ${restart} knockd restart$`, "m"));
    assert.match(stdout, /^755$/m);
  });
}

for (
  const [kind, steps] of [
    ["openrc", ["rc-update add knockd-guard boot", "rc-service knockd-guard start"]],
    ["sysv", ["update-rc.d knockd-guard defaults", "service knockd-guard start"]],
  ] as const
) {
  Deno.test(`a script for ${kind} is installed with the guard of its doors, which starts first`, async () => {
    await using scratch = await Scratch.create();
    const config = await scratch.write("knock.toml", CONFIG.replace("]", "]\nopen = 22"));
    const { stdout } = await withServices(
      `"$@" service ${kind} -c ${config} --install; stat -c %a /etc/init.d/knockd-guard`,
    );
    const lines = stdout.split("\n").map((line) => line.trim());
    assert.deepEqual(lines.slice(0, 4), [
      "installed /etc/init.d/knockd-guard",
      "installed /etc/init.d/knockd",
      ...steps,
    ]);
    assert.match(stdout, /^755$/m);
  });
}

Deno.test("the daemon opens and closes doors with the capabilities of its unit alone", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const alice = await net.host("alice");
  await server.listen(22);
  await server.dropIncoming();
  const config = await scratch.config(firewallDoor("ssh", "7000,8000,9000", 8));
  const unit = await run([...KNOCKD, "service", "-c", config], { env });
  const [, granted = ""] = /^CapabilityBoundingSet=(.*)$/m.exec(unit.stdout) ?? [];
  const bounds = granted.toLowerCase().replaceAll("cap_", "+").replaceAll(" ", ",");
  assert.equal(bounds, "+net_raw,+net_admin");
  const bounded = ["setpriv", "--no-new-privs", "--bounding-set", `-all,${bounds}`];
  const daemon = server.spawn([...bounded, ...KNOCKD, "serve", "-c", config]);
  await daemon.waitForLine(/listening on eth0 \(/, 20_000);
  await knock(alice, server.ipv4, 7000, 8000, 9000);
  await waitFor(() => alice.canConnect(server.ipv4, 22), 20_000, "the door opens");
  const closed = async () => !await alice.canConnect(server.ipv4, 22);
  await waitFor(closed, 20_000, "the door closes");
  assert.equal(await daemon.stop(), 0);
  assert.doesNotMatch(daemon.stderr, /exit code|failed/);
});
