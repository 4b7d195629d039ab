import { deepEqual } from "node:assert/strict";
import { isUnderWay, systemdSteps } from "../../../lib/setup/service/steps.ts";

Deno.test("what runs already is restarted, as starting it would change nothing", () => {
  const units = ["knockd-guard", "knockd"];
  deepEqual(systemdSteps(units, false), [
    "systemctl daemon-reload",
    "systemctl enable --now knockd-guard knockd",
  ]);
  deepEqual(systemdSteps(units, true), [
    "systemctl daemon-reload",
    "systemctl enable knockd-guard knockd",
    "systemctl restart knockd",
  ]);
});

Deno.test("a unit that waits for its interface runs, one that failed does not", () => {
  const states = ["active\n", "activating\n", "inactive\n", "failed\n", "unknown\n", ""];
  deepEqual(states.filter(isUnderWay), ["active\n", "activating\n"]);
});
