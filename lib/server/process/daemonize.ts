/**
 * `-d`: Deno can't fork, so the program starts itself once more, in a session of its own,
 * and waits for its word. What the daemon says until then goes to standard error.
 */

import { Failure } from "../../core/failure.ts";
import { reason } from "../../files/reason.ts";
import { commandLine } from "./this_program.ts";

/** Tells the program that it is the one in the background. */
const MARK = "KNOCKD_DETACHED";

/** The daemon's word: a byte that no line it prints contains. */
const READY = 0;

/** Whether this process is the one in the background. */
export function isDetached(): boolean {
  return Deno.env.has(MARK);
}

/**
 * Starts the daemon with these arguments. Settles with the exit code for the caller: 0
 * once the daemon is ready, otherwise the one that it failed with.
 */
export async function daemonize(args: readonly string[]): Promise<number> {
  const daemon = start([...commandLine(), ...args]);
  const interrupt = () => {
    try {
      daemon.kill("SIGTERM");
    } catch {
      // It has ended by itself, and its exit code is on its way.
    }
  };
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", interrupt);
  try {
    if (await relayUntilReady(daemon.stderr)) {
      daemon.unref();
      return 0;
    }
    return (await daemon.status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
    Deno.removeSignalListener("SIGTERM", interrupt);
  }
}

/**
 * In the daemon: tells whoever waits in daemonize that it listens, or has said why not
 * yet, and leaves the directory it was started in. Nothing happens in the foreground.
 */
export function announceReady(): void {
  if (!isDetached()) return;
  Deno.env.delete(MARK);
  Deno.chdir("/");
  say(new Uint8Array([READY]));
}

function start(argv: readonly string[]): Deno.ChildProcess {
  const [program = "", ...args] = argv;
  try {
    return new Deno.Command(program, {
      args,
      env: { [MARK]: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (error) {
    throw new Failure(
      `cannot start the daemon: ${program}: ${reason(error)}`,
      "leave out -d to run it in the foreground",
      { cause: error },
    );
  }
}

/** Passes on what the daemon says; whether it became ready before it fell silent. */
async function relayUntilReady(said: ReadableStream<Uint8Array>): Promise<boolean> {
  for await (const bytes of said) {
    const end = bytes.indexOf(READY);
    say(end === -1 ? bytes : bytes.subarray(0, end));
    if (end !== -1) return true;
  }
  return false;
}

function say(bytes: Uint8Array): void {
  try {
    Deno.stderr.writeSync(bytes);
  } catch {
    // Nobody listens any more; the daemon runs all the same.
  }
}
