/** What `knockd init` says of units, on a machine that systemd seems to run. */
import assert from "node:assert/strict";
import { Scratch } from "../lab/daemon.ts";
import { FreshHost } from "../lab/fresh_host.ts";
import { Network, type Result } from "../lab/net.ts";

const UNITS = "/etc/systemd/system";

/** Runs init after something was done to the machine, whose units are its own. */
async function initAfter(
  prepare: string,
  state = "inactive",
): Promise<Result & { lines: string[]; config: string }> {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const host = await FreshHost.create(await net.host("server"), scratch.directory);
  await scratch.write("systemctl", `#!/bin/sh\necho ${state}\n`);
  await Deno.chmod(scratch.path("systemctl"), 0o755);
  // Of a config in /tmp no user is made and nothing unpacked for one.
  const config = scratch.path("knock.toml");
  const init = `knockd init -c ${config} --host example.org --client me`;
  const result = await host.run(`export KNOCKD_SELF=/usr/local/bin/knockd
    mkdir -p /run/systemd/system && mount -t tmpfs none ${UNITS} && cd ${UNITS} || exit 9
    ${prepare.replaceAll("CONFIG", config)}
    ${init}`);
  return { ...result, lines: result.stderr.trimEnd().split("\n"), config };
}

Deno.test("what shuts a port for good is said at the end alone, after the trial", async () => {
  const { code, stdout, stderr, lines } = await initAfter(":");
  assert.equal(code, 0, stderr);
  // All that is to be pasted.
  assert.match(stdout, /^otpauth:.*\n$/);
  assert.ok(lines.includes(`units     ${UNITS}/knockd-guard.service`), stderr);
  assert.ok(lines.includes(`units     ${UNITS}/knockd.service`), stderr);
  assert.deepEqual(lines.slice(-2), [
    "    systemctl daemon-reload",
    "    systemctl enable --now knockd-guard knockd",
  ]);
  assert.equal(stderr.split("systemctl enable").length, 2);
  assert.ok(stderr.indexOf("--trial 300") < stderr.indexOf("systemctl"), stderr);
});

Deno.test("where a knockd runs already, init ends with a restart", async () => {
  const { lines } = await initAfter(":", "active");
  assert.deepEqual(lines.slice(-2), [
    "    systemctl enable knockd-guard knockd",
    "    systemctl restart knockd",
  ]);
});

for (
  const [what, prepare, why, hint] of [
    ["of a read-only system", "mount -o remount,ro .", /Read-only file system/, /prints/],
    [
      "of another config",
      "echo mine > knockd.service",
      /is there, and differs/,
      /--force/,
    ],
    [
      "that are no files",
      "mkdir knockd.service",
      /can't be replaced: Is a dir/,
      undefined,
    ],
  ] as const
) {
  Deno.test(`units ${what} cost nobody the secret, and are not enabled`, async () => {
    const { code, stdout, stderr, lines, config } = await initAfter(prepare);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^otpauth:.*\n$/);
    const at = lines.findIndex((line) => line.startsWith("units     none: "));
    assert.match(lines[at]!, why);
    if (hint !== undefined) assert.match(lines[at + 1]!, hint);
    assert.doesNotMatch(stderr, /systemctl enable|knockd: error/);
    const last = `    knockd service -c ${config} --install `;
    assert.ok(lines.at(-1)!.startsWith(last), stderr);
  });
}

Deno.test("a drop-in that leads nowhere keeps no unit out", async () => {
  const { code, stderr } = await initAfter(
    "mkdir knockd.service.d && ln -s /nonexistent knockd.service.d/x.conf",
  );
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^ {10}\S+\/x\.conf: No such file or directory: look into it$/m);
  assert.match(stderr, /systemctl enable --now knockd-guard knockd/);
});
