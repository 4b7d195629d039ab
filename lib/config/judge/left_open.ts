/**
 * Whether what a door opens is closed again: by `closes`, and by commands that do it
 * themselves.
 */

import type { Command, Door } from "../../core/door.ts";
import type { Draft } from "../draft.ts";
import { nearest } from "../nearest.ts";
import type { Finding } from "../problems.ts";

/** Doors named by `closes` that are not there, or that nothing could close. */
export function* wrongCloses(door: Door, doors: readonly Door[]): Generator<Finding> {
  for (const name of door.closes) {
    const message = closesProblem(door, name, doors);
    if (message === undefined) continue;
    const others = doors.map((other) => other.name).filter((other) =>
      other !== door.name
    );
    const meant = nearest(name, others);
    const isOther = meant !== undefined && meant !== name && name !== door.name;
    const hint = isOther ? `${meant}?` : undefined;
    const path = ["doors", door.name, "closes"];
    yield { severity: "error", path, message, ...(hint && { hint }) };
  }
}

function closesProblem(
  door: Door,
  name: string,
  doors: readonly Door[],
): string | undefined {
  if (name === door.name) return "a door can't close itself";
  const other = doors.find((other) => other.name === name);
  if (other === undefined) return `there is no door ${JSON.stringify(name)}`;
  if (closesByItself(other)) return undefined;
  return `door ${name} does not close by itself: it has no stop_command`;
}

/** Whether a door has something that closes it when its time is over. */
export function closesByItself({ stop, kernel }: Door): boolean {
  return stop !== undefined || kernel !== undefined;
}

/** A command that is killed in its sleep leaves open what it would have closed after it. */
export function* cutShort(door: Door, has: Draft["has"]): Generator<Finding> {
  const { start, stop, commandTimeout } = door;
  const path = ["doors", door.name];
  for (const [family, suffix] of [["ipv4", ""], ["ipv6", "_6"]] as const) {
    const command = start?.[family];
    if (command === undefined || stop?.[family] !== undefined) continue;
    if (family === "ipv6" && command === start?.ipv4) continue;
    const asleep = secondsAsleep(command);
    if (commandTimeout === 0 || asleep < commandTimeout) continue;
    yield {
      severity: "warning",
      name: "killed-asleep",
      path: has([...path, `command${suffix}`])
        ? [...path, `command${suffix}`]
        : [...path, `start_command${suffix}`],
      message:
        `it sleeps for ${asleep} s and is killed after ${commandTimeout}: what it ` +
        "opened before stays open",
      hint: "close by stop_command and cmd_timeout, or set command_timeout = 0",
    };
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** How long the `sleep`s in a shell command take, one after the other. */
function secondsAsleep(command: Command): number {
  const text = typeof command === "string" ? command : command.join(" ");
  const sleeps = text.matchAll(/\bsleep\s+(\d+(?:\.\d+)?)([smhd]?)\b/g);
  return [...sleeps].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ""] ?? 1),
    0,
  );
}
