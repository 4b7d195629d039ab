import assert from "node:assert/strict";
import { serviceCommand } from "../../lib/cli/service.ts";
import { inDirectory } from "../config/files.ts";
import { type Outcome, runSubcommand } from "./program.ts";

const CONFIG = '[doors.ssh]\nsequence = "7000,8000"\nstart_command = "true"\n';

const KERNEL_CONFIG = '[doors.ssh]\nsequence = "7000,8000"\nopen = 22\n';

/** Runs the command beside a knock.toml, as the self-extracting form of a name. */
function service(
  text: string,
  args: string[],
  program: string | undefined = "/usr/local/bin/knockd",
): Promise<Outcome> {
  return inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/knock.toml`, text);
    if (program !== "") Deno.env.set("KNOCKD_SELF", program);
    try {
      const all = [...args, "-c", `${directory}/knock.toml`];
      const { code, stdout, stderr } = await runSubcommand(serviceCommand(), all);
      const clean = (said: string) => said.replaceAll(directory, "/DIR");
      return { code, stdout: clean(stdout), stderr: clean(stderr) };
    } finally {
      Deno.env.delete("KNOCKD_SELF");
    }
  });
}

Deno.test("service prints a unit for systemd that runs this program with this config", async () => {
  const { code, stdout } = await service(CONFIG, []);
  assert.equal(code, 0);
  const line = "ExecStart=/usr/local/bin/knockd serve --config /DIR/knock.toml";
  assert.ok(stdout.split("\n").includes(line), stdout);
  assert.match(stdout, /^ReadWritePaths=\/run$/m);
});

Deno.test("service lets the daemon write what the config says it writes", async () => {
  const options =
    '[options]\nlog_file = "/var/log/k/knockd.log"\ncontrol = "/srv/c/sock"\n' +
    'pid_file = "/run/knockd.pid"\nstate_dir = "/srv/state"\ncontrol_group = "adm"\n';
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/used`, "1,2,3\n");
    const door = `[doors.once]\none_time_sequences = "${directory}/used"\n`;
    const { stdout, stderr } = await service(options + CONFIG + door, ["systemd"]);
    assert.match(
      stdout,
      new RegExp(
        `^ReadWritePaths=/run -/srv/c -/var/log/k -${directory} -/srv/state$`,
        "m",
      ),
      stderr,
    );
    assert.match(stdout, /^CapabilityBoundingSet=.* CAP_CHOWN$/m);
  });
});

Deno.test("service lets no daemon write to /dev whose log is its output", async () => {
  const { stdout } = await service(`[options]\nlog_file = "/dev/stdout"\n${CONFIG}`, []);
  assert.match(stdout, /^ReadWritePaths=\/run$/m);
});

Deno.test("service prints files for OpenRC and for a container", async () => {
  const openrc = await service(CONFIG, ["openrc"]);
  assert.match(openrc.stdout, /^#!\/sbin\/openrc-run$/m);
  assert.match(openrc.stdout, /^command_args="serve --config \/DIR\/knock.toml"$/m);
  const container = await service("", ["container"], "");
  assert.equal(container.code, 0);
  assert.match(container.stdout, /^FROM /m);
});

for (const kind of ["openrc", "openrc-guard", "sysv", "sysv-guard"]) {
  Deno.test(`the script for ${kind} is one that a shell can read`, async () => {
    const { code, stdout } = await service(KERNEL_CONFIG, [kind]);
    assert.equal(code, 0);
    const shell = new Deno.Command("/bin/sh", { args: ["-n"], stdin: "piped" }).spawn();
    const writer = shell.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdout));
    await writer.close();
    assert.equal((await shell.status).code, 0);
  });
}

for (
  const [kind, guard] of [
    ["systemd", "guard"],
    ["openrc", "openrc-guard"],
    ["sysv", "sysv-guard"],
  ] as const
) {
  Deno.test(`service ${kind} names the guard where the kernel has doors, and there alone`, async () => {
    const { stderr } = await service(KERNEL_CONFIG, [kind]);
    assert.ok(stderr.endsWith(`of its own: knockd service ${guard}\n`), stderr);
    assert.doesNotMatch((await service(CONFIG, [kind])).stderr, /guard/);
    const { code, stderr: none } = await service(CONFIG, [guard]);
    assert.equal(code, 2);
    assert.match(none, /no door of \S+ has open, so there is nothing to guard/);
  });
}

Deno.test("service says what is wrong with the config instead of printing a unit", async () => {
  const { code, stdout, stderr } = await service("[doors.ssh]\n", []);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /knock\.toml:1:8: doors\.ssh: nothing opens this door/);
});

Deno.test("service from source says how to build first", async () => {
  const { code, stdout, stderr } = await service(CONFIG, [], "");
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /needs the executable/);
  assert.match(stderr, /task build/);
});

Deno.test("service is installed by root alone", async () => {
  const { uid } = Deno;
  Deno.uid = () => 1000;
  try {
    const { code, stdout, stderr } = await service(CONFIG, ["--install"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /only root can install \/etc\/systemd\/system\/knockd.service/);
  } finally {
    Deno.uid = uid;
  }
});

for (
  const [args, program, code, error] of [
    [["runit"], undefined, 2, /there is no service file for "runit"/],
    [["constructor"], undefined, 2, /there is no service file for "constructor"/],
    [["--force"], undefined, 2, /--force needs --install/],
    [["container", "--install"], undefined, 2, /no place to install it/],
    [[], "/opt/my programs/knockd", 1, /"\/opt\/my programs\/knockd" can't go into/],
    [["openrc"], "/opt/$HOME/knockd", 1, /can't go into a service file as it is/],
  ] as const
) {
  const what = [...args, ...program ? [`as ${program}`] : []].join(" ");
  Deno.test(`service refuses ${what}`, async () => {
    const outcome = await service(CONFIG, [...args], program);
    assert.equal(outcome.code, code, outcome.stderr);
    assert.equal(outcome.stdout, "");
    assert.match(outcome.stderr, error);
  });
}
