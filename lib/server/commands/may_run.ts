/**
 * Whether the doors' commands could run at all: in a unit without root nothing may be
 * executed, and a door that never opens is better said at the start.
 */

import { isExecutable } from "../../../ffi/libc.ts";
import type { Config } from "../../config/config.ts";
import { allCommands, type Command } from "../../core/door.ts";
import { UsageError } from "../../core/failure.ts";
import { statOf } from "../../files/look.ts";

const SHELL = "/bin/sh";
const EXECUTE_BITS = 0o111;

/** Throws a UsageError for a door whose command is a file that may not be executed here. */
export function refuseForbiddenCommands({ path, doors }: Config): void {
  const programs = new Set(doors.flatMap(allCommands).map(programOf));
  const forbidden = new Set([...programs].filter(isForbidden));
  if (forbidden.size === 0) return;
  for (const door of doors) {
    const program = allCommands(door).map(programOf).find((it) => forbidden.has(it));
    if (program === undefined) continue;
    throw new UsageError(
      `${path}: the door ${door.name} has a command, and ${program} may not be ` +
        "executed here (NoExecPaths= of the unit, or a noexec mount)",
      "knockd service --install --force makes a unit for doors of commands",
    );
  }
}

function programOf(command: Command): string {
  return typeof command === "string" ? SHELL : command[0] ?? "";
}

/** What is missing, or no program, is for the start of the command to tell. */
function isForbidden(program: string): boolean {
  const places = program.includes("/")
    ? [program]
    : (Deno.env.get("PATH") ?? "").split(":").map((path) => `${path}/${program}`);
  const there = places.filter(isProgram);
  return there.length > 0 && !there.some(isExecutable);
}

function isProgram(path: string): boolean {
  const { isFile = false, mode } = statOf(path) ?? {};
  return isFile && ((mode ?? 0) & EXECUTE_BITS) === EXECUTE_BITS;
}
