/** How a failure looks, and the exit code that the program ends with. */

import type { CommanderError } from "@commander-js/extra-typings";
import { Failure, UsageError } from "../core/failure.ts";
import { escapeControls } from "../core/printable.ts";
import { reason } from "../files/reason.ts";
import { ExitWith, printError } from "./terminal.ts";
import { withoutSecrets } from "./without_secrets.ts";

/** With this in the environment, what is unexpected ends with a stack trace. */
const TRACE = "KNOCKD_TRACE";

/**
 * Shows a failure, each of its lines, and a hint; gives the exit code it ends with. What it
 * quotes from a file or a command line does not speak to the terminal.
 */
export function reportFailure(error: unknown): number {
  if (error instanceof ExitWith) return error.code;
  if (!(error instanceof Failure)) return reportFailure(unexpected(error));
  const show = (kind: string, line: string) =>
    printError(`knockd: ${kind}: ${escapeControls(withoutSecrets(line))}`);
  for (const line of error.message.split("\n")) show("error", line);
  if (error.hint !== undefined) show("hint", error.hint);
  return error instanceof UsageError ? 2 : 1;
}

/** Whether commander has ended a command: by showing help, or for a mistake. */
export function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && "exitCode" in error && "code" in error;
}

/**
 * The exit code for what commander has ended: help and version end well, everything else
 * is about a mistake, which is 2 as a `UsageError` is.
 */
export function commanderCode(error: CommanderError): number {
  if (error.exitCode === 0) return 0;
  if (error.code !== "commander.help") return 2;
  return reportFailure(new UsageError("a command is missing", "see above"));
}

/** What no part of the program has foreseen: the machine's fault, or the program's own. */
function unexpected(error: unknown): Failure {
  if (Deno.env.has(TRACE)) throw error;
  const name = error instanceof Error ? error.name : "Error";
  return new Failure(
    `${name}: ${reason(error)}`,
    `${TRACE}=1 shows where it comes from`,
    { cause: error },
  );
}
