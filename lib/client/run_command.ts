/** The user's own command, run once the port is open. */

import { commandEnvironment } from "../core/command_environment.ts";
import { Failure } from "../core/failure.ts";

/** Runs a command on our own terminal and gives its exit code; 128 + n after a signal. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  let child: Deno.ChildProcess | undefined;
  const listeners = PASSED_ON.map((signal) => {
    // A terminal interrupts the command as well as us; other signals reach us alone.
    const listener = () => signal === "SIGINT" || passOn(signal, child);
    return { signal, listener };
  });
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  try {
    child = start(argv);
    return (await child.status).code;
  } finally {
    for (const { signal, listener } of listeners) {
      Deno.removeSignalListener(signal, listener);
    }
  }
}

/** The signals that end the command rather than us. */
const PASSED_ON: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** What runs as somebody else, as by sudo, or has just ended, ends when it likes. */
function passOn(signal: Deno.Signal, child: Deno.ChildProcess | undefined): void {
  try {
    child?.kill(signal);
  } catch {
    // Its exit code is waited for all the same.
  }
}

function start([program = "", ...args]: readonly string[]): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args,
      clearEnv: true,
      env: commandEnvironment(Deno.env.toObject()),
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    const { NotFound, PermissionDenied } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof PermissionDenied)) throw error;
    const reason = error instanceof NotFound ? "no such program" : "it can't be run";
    throw new Failure(
      `can't run ${JSON.stringify(program)}: ${reason}`,
      "the knock was sent and the port is open",
      { cause: error },
    );
  }
}
