import assert from "node:assert/strict";
import { containerfile } from "../../../lib/setup/service/container.ts";
import { overridden, settingsOf } from "../../../lib/setup/service/drop_in.ts";
import { loadSource } from "../../../lib/config/load.ts";
import { guardUnit } from "../../../lib/setup/service/guard.ts";
import { type Config } from "../../../lib/config/config.ts";
import { ownUserUnit, whyRoot } from "../../../lib/setup/service/own_user.ts";
import { openrcGuard } from "../../../lib/setup/service/openrc_guard.ts";
import { openrcScript } from "../../../lib/setup/service/openrc.ts";
import { plainPath, type Service } from "../../../lib/setup/service/service.ts";
import { systemdUnit } from "../../../lib/setup/service/systemd.ts";
import { sysvGuard } from "../../../lib/setup/service/sysv_guard.ts";
import { sysvScript } from "../../../lib/setup/service/sysv.ts";

const SERVICE: Service = {
  program: "/usr/local/bin/knockd",
  config: "/etc/knockd/knock.toml",
  writable: [],
  isGuarded: false,
  givesSocketAway: false,
};

/** The settings of a unit, by name. */
function settings(service: Partial<Service>): Map<string, string> {
  const lines = systemdUnit({ ...SERVICE, ...service }).matchAll(/^(\w+)=(.*)$/gm);
  return new Map([...lines].map(([, name, value]) => [name!, value!]));
}

Deno.test("the files of a service", async (t) => {
  await t.assertSnapshot(systemdUnit(SERVICE));
  await t.assertSnapshot(openrcScript(SERVICE));
  await t.assertSnapshot(containerfile());
  await t.assertSnapshot(sysvScript(SERVICE));
});

Deno.test("what guards the kernel's doors, and what the daemon's unit says of it", async (t) => {
  await t.assertSnapshot(guardUnit(SERVICE));
  await t.assertSnapshot(openrcGuard(SERVICE));
  assert.doesNotMatch(
    openrcGuard(SERVICE),
    /^\tneed /m,
    "not all have the same services",
  );
  await t.assertSnapshot(sysvGuard(SERVICE));
  assert.equal(settings({}).get("Wants"), undefined);
  assert.equal(settings({ isGuarded: true }).get("Wants"), "knockd-guard.service");
});

Deno.test("a line in the journal is knockd's, whatever the file is called that is started", () => {
  const service = { ...SERVICE, program: "/opt/knockd-1.0.0-linux-amd64" };
  const start = { command: `${service.program} run`, environment: [], executables: [] };
  for (
    const unit of [systemdUnit(service), ownUserUnit(service, start), guardUnit(service)]
  ) {
    assert.match(unit, /^SyslogIdentifier=knockd$/m);
  }
});

Deno.test("root's unit takes over the directories of a daemon with a user of its own", () => {
  const start = { command: "/usr/bin/knockd", environment: [], executables: [] };
  const kept = /^(?:State|Logs)Directory=.*$/mg;
  const [own, root] = [ownUserUnit(SERVICE, start), systemdUnit(SERVICE)];
  assert.deepEqual(root.match(kept), own.match(kept));
});

Deno.test("the unit of a daemon that needs neither root nor commands", async (t) => {
  const start = {
    command: "/usr/lib/knockd-runtime/knockd run main.js",
    environment: ["DENO_DIR=/usr/lib/knockd-runtime/deno"],
    executables: [],
    before: "/usr/local/bin/knockd service runtime --install",
  };
  await t.assertSnapshot(ownUserUnit({ ...SERVICE, isGuarded: true }, start));
});

for (
  const [toml, why] of [
    ["", undefined],
    ['log_file = "/var/log/knockd/knockd.log"', undefined],
    ['log_file = "/dev/stdout"', undefined],
    ['log_file = "/var/log/knockd.log"', "/var/log/knockd.log is not knockd's own"],
    ['log_file = "/var/log/knockdoor/log"', "/var/log/knockdoor/log is not knockd's own"],
    ['state_dir = "/srv/knockd"', "/srv/knockd is not knockd's own"],
    ['[doors.b]\nsequence = "7,8,9"\ncommand = "true"', "the door b runs a command"],
    ['[doors.b]\nsequence = "7,8,9"\ncommand_6 = "true"', "the door b runs a command"],
  ] as const
) {
  Deno.test(`a config with ${toml || "a kernel door"} takes root: ${why}`, async () => {
    const door = '[doors.a]\nopen = 22\nsequence = "7000,8000,9000"\n';
    const text = toml.startsWith("[") ? door + toml : `[options]\n${toml}\n${door}`;
    const { config, problems } = await loadSource({
      path: "/etc/knockd/knock.toml",
      text,
      mode: 0o600,
      owner: 0,
    });
    assert.deepEqual(problems.filter(({ severity }) => severity === "error"), []);
    assert.equal(whyRoot(config as Config), why);
  });
}

Deno.test("a config with a door of listed sequences takes root, for they are marked", () => {
  const kernel = { ports: [], allow: [], connections: 0 };
  const door = { name: "b", kernel, key: { kind: "file", path: "/etc/list" } };
  const config = { path: "/etc/k.toml", options: {}, doors: [door] };
  assert.equal(whyRoot(config as unknown as Config), "the door b writes into its file");
});

Deno.test("a drop-in that sets what the unit sets is told of, others are not", () => {
  const unit = settingsOf(systemdUnit(SERVICE));
  assert.deepEqual(overridden(unit, "[Service]\nExecStart=\nExecStart=/bin/x\n"), [
    "ExecStart",
  ]);
  assert.deepEqual(overridden(unit, "[Service]\nNice=5\n# ExecStart=/bin/x\n"), []);
});

Deno.test("a drop-in of very many empty lines is read soon", () => {
  const start = performance.now();
  const found = settingsOf(`${"\n".repeat(200_000)}[Service]\n  Nice = 5\n`);
  assert.deepEqual([...found], ["Nice"]);
  // With their square it would be most of a minute.
  assert.ok(performance.now() - start < 10_000);
});

Deno.test("a unit lets the daemon write where the config says, and to /run", () => {
  const paths = (writable: string[]) => settings({ writable }).get("ReadWritePaths");
  assert.equal(paths([]), "/run");
  assert.equal(paths(["/run", "/var/log"]), "/run -/var/log");
});

Deno.test("a unit shows homes only to a daemon that needs something there", () => {
  assert.equal(settings({}).get("ProtectHome"), "yes");
  assert.equal(settings({ config: "/homepage/k.toml" }).get("ProtectHome"), "yes");
  for (const path of ["/home/a/k.toml", "/root/k.toml", "/run/user/1/k.toml"]) {
    assert.equal(settings({ config: path }).get("ProtectHome"), "read-only");
    assert.equal(settings({ program: path }).get("ProtectHome"), "read-only");
    assert.equal(settings({ writable: [path] }).get("ProtectHome"), "read-only");
  }
});

Deno.test("a unit lets the daemon change a file's group for its socket's group alone", () => {
  const capabilities = (givesSocketAway: boolean) =>
    settings({ givesSocketAway }).get("CapabilityBoundingSet");
  assert.equal(capabilities(false), "CAP_NET_RAW CAP_NET_ADMIN");
  assert.equal(capabilities(true), "CAP_NET_RAW CAP_NET_ADMIN CAP_CHOWN");
});

Deno.test("a path that means the same wherever it is written loses its detours", () => {
  for (
    const path of ["/", "/usr/local/bin/knockd", "/etc/knockd@1/a_b-c.toml", "/a:b+c"]
  ) {
    assert.equal(plainPath(path), path);
  }
  assert.equal(plainPath("/opt/./knockd/../k.toml"), "/opt/k.toml");
  for (
    const path of ["", "a", "/a b", "/a%n", "/a$b", "/a\nb", "/a'", '/a"', "/a\\", "/ä"]
  ) {
    assert.equal(plainPath(path), undefined, path);
  }
});
