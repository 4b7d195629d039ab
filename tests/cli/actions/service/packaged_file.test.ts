import assert from "node:assert/strict";
import { packagedFile } from "../../../../lib/cli/actions/service/packaged_file.ts";
import { startOf } from "../../../../lib/cli/actions/service/service_runtime.ts";

const PACKAGE = "/usr/lib/knockd/knockd";
const SELF_EXTRACTED = "/usr/lib/knockd-runtime/deno-2.9.6-bceb5b6a6239b0b0/knockd";
const TOML = "/etc/knockd/knock.toml";
const CLASSIC = "/etc/knockd.conf";
const UNIT = "/etc/systemd/system/knockd.service";
const ITS_UNIT = "/lib/systemd/system/knockd.service";

for (
  const [what, config, there, runtime, expected] of [
    ["a package has a unit for the config", TOML, [TOML, ITS_UNIT], PACKAGE, ITS_UNIT],
    ["and for knockd 0.8's alone", CLASSIC, [CLASSIC, ITS_UNIT], PACKAGE, ITS_UNIT],
    ["but not beside another", CLASSIC, [TOML, CLASSIC, ITS_UNIT], PACKAGE, undefined],
    ["nor for one elsewhere", "/srv/knock.toml", [TOML, ITS_UNIT], PACKAGE, undefined],
    ["nor where its unit is gone", TOML, [TOML], PACKAGE, undefined],
    [
      "and one built from source is no package's",
      TOML,
      [TOML, ITS_UNIT],
      SELF_EXTRACTED,
      undefined,
    ],
  ] as const
) {
  Deno.test(`services: ${what}`, () => {
    const isThere = (path: string) => (there as readonly string[]).includes(path);
    assert.equal(packagedFile(UNIT, config, runtime, isThere), expected);
  });
}

Deno.test("services: what a unit starts of one built from source is not in a package's place", () => {
  const { command, environment } = startOf("/usr/local/bin/knockd");
  assert.doesNotMatch([command, ...environment].join("\n"), /\/usr\/lib\/knockd\//);
});
