/** What is wrong with doors of a fleet. */

import type { Door } from "../../core/door.ts";
import type { Draft } from "../draft.ts";
import type { Finding, Path } from "../problems.ts";
import { closesByItself } from "./left_open.ts";

/** Judges what a config says of a fleet. */
export function* fleetFindings({ doors, fleet, has }: Draft): Generator<Finding> {
  const isFleet = fleet !== undefined || has(["fleet"]);
  if (isFleet && !doors.some((door) => door.fleet !== undefined)) {
    const message = "no door has a group, so that nothing is shared";
    const name = "nothing-shared";
    yield { severity: "warning", name, path: ["fleet"], atKey: true, message };
  }
  for (const door of doors) {
    if (door.fleet !== undefined && !isFleet) yield withoutFleet(door);
    yield* wrongFollowing(door);
    yield* riskyAlone(door, has);
  }
}

function withoutFleet({ name }: Door): Finding {
  const message = "there is no [fleet]";
  const path = ["doors", name, "group"];
  return { severity: "error", path, atKey: true, message, hint: "see docs/fleet.md" };
}

function* wrongFollowing(door: Door): Generator<Finding> {
  if (door.key.kind !== "fleet") return;
  const path: Path = ["doors", door.name, "follow"];
  if (door.fleet === undefined) {
    const message = "it needs the group in which the other door is";
    yield { severity: "error", path, atKey: true, message };
  }
  if (!closesByItself(door)) {
    const message =
      "nothing would close this door: it has neither open nor a stop_command";
    yield { severity: "error", path, atKey: true, message };
  }
}

function* riskyAlone(door: Door, has: Draft["has"]): Generator<Finding> {
  const path: Path = ["doors", door.name, "alone"];
  if (!has(path)) return;
  if (door.key.kind !== "otp") {
    const message = "this means something on a door with an otp table only";
    yield { severity: "warning", name: "useless-alone", path, atKey: true, message };
  } else if (door.fleet?.alone === "open" && door.key.otp.mode === "hotp") {
    yield {
      severity: "warning",
      name: "counter-alone",
      path,
      message:
        "while the machines can't reach each other, a counter that was used at one " +
        "opens at another for as long as that lasts",
      hint: 'alone = "shut", or mode = "totp", whose steps soon end',
    };
  }
}
