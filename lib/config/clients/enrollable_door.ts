/** The doors of a knock.toml that clients can be enrolled for. */

import { type Door, isOtpDoor, type OtpDoor } from "../../core/door.ts";
import { UsageError } from "../../core/failure.ts";
import { doorNameProblem } from "../names.ts";
import { nearest } from "../nearest.ts";
import { tomlKey } from "../toml/key.ts";

/** More names than this help nobody. */
const MAX_NAMES = 10;

const KEYS = {
  static: "sequence",
  file: "one_time_sequences",
  otp: "otp",
  fleet: "follow",
} as const;

/** The door of that name; an error says what it would take to have it. */
export function rotatingDoor(
  doors: readonly Door[],
  name: string,
  path: string,
): OtpDoor {
  const door = doors.find((door) => door.name === name);
  if (door === undefined) {
    throw new UsageError(
      `${path}: ${noSuch("door", name)}`,
      didYouMean(name, doors.map(({ name }) => name)),
    );
  }
  if (!isOtpDoor(door)) {
    const key = KEYS[door.key.kind];
    throw new UsageError(
      `${path}: the door ${name} is no rotating door: it has no otp table`,
      `in the place of its ${key} line, give it the table [doors.${tomlKey(name)}.otp]`,
    );
  }
  return door;
}

/** What is said of a name that there isn't. */
export function noSuch(what: string, name: string): string {
  return `there is no ${what} ${JSON.stringify(name)}`;
}

/** The name that was meant, or those that there are. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const names = [...known].filter((name) => doorNameProblem(name) === undefined);
  const guess = nearest(name, names);
  if (guess !== undefined) return `did you mean ${guess}?`;
  if (names.length === 0) return undefined;
  const more = names.length > MAX_NAMES ? ", …" : "";
  return `known here: ${names.slice(0, MAX_NAMES).join(", ")}${more}`;
}
