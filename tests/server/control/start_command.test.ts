import assert from "node:assert/strict";
import { startCommand } from "../../../lib/server/control/start_command.ts";

for (
  const [command, ...paths] of [
    ["knockd serve"],
    ["knockd serve", "/run/systemd/system"],
    [
      "systemctl start knockd",
      "/run/systemd/system",
      "/lib/systemd/system/knockd.service",
    ],
    // A package's script is there, too, where systemd runs its unit.
    ["knockd serve", "/run/systemd/system", "/etc/init.d/knockd"],
    ["service knockd start", "/etc/init.d/knockd"],
  ]
) {
  Deno.test(`where there is ${paths.join(" and ") || "no service"}, ${command} starts it`, () => {
    assert.equal(startCommand((path) => paths.includes(path)), command);
  });
}
