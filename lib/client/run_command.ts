/**
 * The user's own command, run once the port is open.
 *
 * @module
 */
import { Failure } from "../core/failure.ts";

/** Runs a command on our own terminal and gives its exit code; 128 + n after a signal. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const child = start(argv);
  const listeners = passedOn(child);
  for (const [signal, run] of listeners) Deno.addSignalListener(signal, run);
  try {
    return (await child.status).code;
  } finally {
    for (const [signal, run] of listeners) Deno.removeSignalListener(signal, run);
  }
}

function start([program = "", ...args]: readonly string[]): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args,
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

/** A terminal interrupts the command as well as us; other signals reach us alone. */
function passedOn(child: Deno.ChildProcess): [Deno.Signal, () => void][] {
  const interrupt: [Deno.Signal, () => void] = ["SIGINT", () => {}];
  if (Deno.build.os === "windows") return [interrupt];
  const pass = (signal: Deno.Signal): [Deno.Signal, () => void] => [
    signal,
    () => child.kill(signal),
  ];
  return [interrupt, pass("SIGTERM"), pass("SIGHUP")];
}
