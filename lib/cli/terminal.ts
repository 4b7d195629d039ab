/** The words a user sees, on standard output and standard error. */

import { Failure } from "../core/failure.ts";
import { escapeControlsInJson } from "../core/printable.ts";
import { reason } from "../files/reason.ts";
import { isCollected, linePrefix } from "../server/log/service_journal.ts";

const encoder = new TextEncoder();

/** What has a terminal begin at its top again, with nothing on it. */
export const HOME_AND_CLEAR = "\x1b[H\x1b[J";

/** A terminal that can't move its cursor is read line by line, as a screen reader does. */
export function canRedraw(stream: { isTerminal(): boolean }): boolean {
  return stream.isTerminal() && Deno.env.get("TERM") !== "dumb";
}

/** Writes a line to standard output. */
export function print(line = ""): void {
  write(Deno.stdout, `${line}\n`);
}

/** Writes a value for programs; what its texts hold does not speak to a terminal either. */
export function printJson(value: unknown): void {
  for (const line of JSON.stringify(value, undefined, 2).split("\n")) {
    print(escapeControlsInJson(line));
  }
}

/** Writes a line, and tells whether anybody still reads it: what goes on for long need not. */
export function printed(line: string): boolean {
  return write(Deno.stdout, `${line}\n`);
}

/** Writes text as it is to standard output. */
export function printText(text: string): void {
  write(Deno.stdout, text);
}

/** Writes a line to standard error; where systemd's journal has it, with its priority. */
export function printError(line: string): void {
  write(Deno.stderr, `${isCollected(2) ? linePrefix(line) : ""}${line}\n`);
}

/**
 * Puts a line in the place of the current one of a terminal's standard error; so much of
 * it as has room, for what the terminal wraps could not be replaced any more.
 */
export function rewriteError(line: string): void {
  write(Deno.stderr, `\r\x1b[K${line.slice(0, terminalSize().columns - 1)}`);
}

/** How much fits on the terminal; one that nobody has measured says 0. */
export function terminalSize(): { columns: number; rows: number } {
  const { columns, rows } = Deno.consoleSize();
  return { columns: columns || 80, rows: rows || 24 };
}

/** Ends the program with a code of its own, everything having been said already. */
export class ExitWith extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** A reader that went away (`knockd check | head`) is no failure of ours. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): boolean {
  let rest = encoder.encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
    return true;
  } catch (error) {
    // What can't be said on standard error can't be said at all.
    if (error instanceof Deno.errors.BrokenPipe || stream === Deno.stderr) return false;
    throw new Failure(
      `standard output can't be written: ${reason(error)}`,
      "free some space, or send it elsewhere",
    );
  }
}
