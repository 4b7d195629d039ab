import assert from "node:assert/strict";
import { containerfile } from "../../../lib/setup/service/container.ts";
import { guardUnit } from "../../../lib/setup/service/guard.ts";
import { openrcScript } from "../../../lib/setup/service/openrc.ts";
import { plainPath, type Service } from "../../../lib/setup/service/service.ts";
import { systemdUnit } from "../../../lib/setup/service/systemd.ts";
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

Deno.test("the unit that guards the kernel's doors, and what the daemon's says of it", async (t) => {
  await t.assertSnapshot(guardUnit(SERVICE));
  assert.equal(settings({}).get("Wants"), undefined);
  assert.equal(settings({ isGuarded: true }).get("Wants"), "knockd-guard.service");
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
