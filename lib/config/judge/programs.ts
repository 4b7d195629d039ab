/**
 * The programs that doors run, as they are on this machine.
 *
 * @module
 */
import type { Command, Door } from "../../core/door.ts";
import type { Advice } from "./advice.ts";

/** What is there at a path; `undefined` for nothing. */
export type LookAt = (
  path: string,
) => { readonly uid: number | null; readonly mode: number | null } | undefined;

/** Programs that are not there, or that others than root could have written. */
export function programAdvice(doors: readonly Door[], lookAt: LookAt): Advice[] {
  return doors.flatMap((door) => {
    const { start, stop } = door;
    const commands = [start?.ipv4, start?.ipv6, stop?.ipv4, stop?.ipv6];
    const programs = new Set(
      commands.map(programOf).filter((path) => path !== undefined),
    );
    return [...programs].flatMap((path) => {
      const advice = judge(path, lookAt);
      return advice === undefined ? [] : [{ door: door.name, ...advice }];
    });
  });
}

/** The program that a command begins with, if it is named by its whole path. */
function programOf(command: Command | undefined): string | undefined {
  const first = typeof command === "string"
    ? /^\s*(\/[\w./+-]+)(?=\s|$)/.exec(command)?.[1]
    : command?.[0];
  return first?.startsWith("/") ? first : undefined;
}

const OTHERS_WRITE = 0o022;

function judge(path: string, lookAt: LookAt): Omit<Advice, "door"> | undefined {
  const found = lookAt(path);
  if (found === undefined) {
    return {
      name: "no-such-program",
      message: `${path} is not there`,
      hint: "install it, or mend the path",
    };
  }
  const { uid, mode } = found;
  if (uid === 0 && ((mode ?? 0) & OTHERS_WRITE) === 0) return undefined;
  return {
    name: "anybodys-program",
    message: `${path} runs as root, and others than root can write it`,
    hint: `chown root:root ${path}; chmod go-w ${path}`,
  };
}
