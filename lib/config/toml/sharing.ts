/** What a door of knock.toml says of the fleet. */

import type { Door } from "../../core/door.ts";
import { LABEL } from "../../core/one_time/derive.ts";
import type { Path } from "../problems.ts";
import type { TomlContext } from "./context.ts";
import type { RawDoor } from "./schema.ts";

/** Reads with which machines a door is shared; nothing where it is this machine's own. */
export function readSharing(
  path: Path,
  { group, alone, one_time_sequences: list }: RawDoor,
  { report, isBroken }: TomlContext,
): Door["fleet"] {
  if (group === undefined) {
    if (alone !== undefined && !isBroken([...path, "group"])) {
      const message = "this means nothing without a group";
      report({ severity: "error", path: [...path, "alone"], atKey: true, message });
    }
    return undefined;
  }
  if (!LABEL.test(group)) {
    const message = "the name of a group has 1 to 64 of A-Z a-z 0-9 . _ -";
    report({ severity: "error", path: [...path, "group"], message });
    return undefined;
  }
  if (list !== undefined) {
    const message =
      "a line of one_time_sequences is struck out on one machine only, so " +
      "that the others would take it again";
    const hint = "give the door an otp table";
    report({ severity: "error", path: [...path, "group"], atKey: true, message, hint });
  }
  return { group, alone: alone ?? "shut" };
}
