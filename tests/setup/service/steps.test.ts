import { deepEqual } from "node:assert/strict";
import {
  isUnderWay,
  systemdSteps,
  sysvSwitch,
} from "../../../lib/setup/service/steps.ts";

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

Deno.test("what Debian's package leaves switched off is to be switched on first", () => {
  const on = ["sed -i 's/^ *START_KNOCKD=.*/START_KNOCKD=1/' /etc/default/knockd"];
  deepEqual(sysvSwitch("# 1 = start\nSTART_KNOCKD=0\n"), on);
  deepEqual(sysvSwitch('START_KNOCKD="no"\n'), on);
  for (
    const text of [
      "",
      "# START_KNOCKD=0\n",
      "START_KNOCKD=\n",
      "START_KNOCKD=0\nSTART_KNOCKD=1\n",
    ]
  ) {
    deepEqual(sysvSwitch(text), [], text);
  }
});
