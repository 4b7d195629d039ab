/**
 * The words a user sees: what is printed, and how a failure looks.
 *
 * @module
 */
import { Failure, UsageError } from "../core/failure.ts";
import { escapeControls } from "../core/printable.ts";
import { reason } from "../files/reason.ts";

/** With this in the environment, what is unexpected ends with a stack trace. */
const TRACE = "KNOCKD_TRACE";

const encoder = new TextEncoder();

/** Writes a line to standard output. */
export function print(line = ""): void {
  write(Deno.stdout, `${line}\n`);
}

/** Writes text as it is to standard output. */
export function printText(text: string): void {
  write(Deno.stdout, text);
}

/** Writes a line to standard error. */
export function printError(line: string): void {
  write(Deno.stderr, `${line}\n`);
}

/** Puts a line in the place of the current one of a terminal's standard error. */
export function rewriteError(line: string): void {
  write(Deno.stderr, `\r\x1b[K${line}`);
}

/**
 * Shows a failure, each of its lines, and a hint; gives the exit code it ends with. What it
 * quotes from a file or a command line does not speak to the terminal.
 */
export function reportFailure(error: unknown): number {
  if (error instanceof ExitWith) return error.code;
  if (!(error instanceof Failure)) return reportFailure(unexpected(error));
  const show = (kind: string, line: string) =>
    printError(`knockd: ${kind}: ${escapeControls(line)}`);
  for (const line of error.message.split("\n")) show("error", line);
  if (error.hint !== undefined) show("hint", error.hint);
  return error instanceof UsageError ? 2 : 1;
}

/** What no part of the program has foreseen: the machine's fault, or the program's own. */
function unexpected(error: unknown): Failure {
  if (Deno.env.has(TRACE)) throw error;
  const name = error instanceof Error ? error.name : "Error";
  return new Failure(
    `${name}: ${reason(error)}`,
    `${TRACE}=1 shows where it comes from`,
    {
      cause: error,
    },
  );
}

/** Ends the program with a code of its own, everything having been said already. */
export class ExitWith extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** A reader that went away (`knockd check | head`) is no failure of ours. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = encoder.encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
