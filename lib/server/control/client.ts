/** The asking end of the control socket. */

import { Failure, UsageError } from "../../core/failure.ts";
import { orUndefined } from "../../core/or_undefined.ts";
import { mayExist } from "../../files/look.ts";
import { reason } from "../../files/reason.ts";
import { startCommand } from "./start_command.ts";
import { hangUp, linesOf, readLine, within, writeLine } from "./json_line.ts";
import { type ControlAnswer, type ControlRequest, parseAnswer } from "./message.ts";

const MAX_ANSWER_BYTES = 64 * 2 ** 20;

/**
 * Asks the daemon whose control socket is at `path`.
 *
 * @param timeLimit milliseconds to wait; closing doors takes as long as their commands
 * @throws {Failure} if there is no daemon, if we may not ask, or if it says no.
 */
export async function requestControl(
  path: string,
  request: ControlRequest,
  timeLimit = 60_000,
): Promise<unknown> {
  const connection = await connect(path);
  let answer: ControlAnswer | undefined;
  try {
    answer = await within(timeLimit, connection, ask(connection, request));
  } catch (error) {
    throw unanswered(path, error);
  } finally {
    hangUp(connection);
  }
  return checkAnswer(path, answer);
}

function unanswered(path: string, cause: unknown): Failure {
  return new Failure(
    `${path}: the daemon did not answer`,
    "look into its log; it may be stopping, or stuck",
    { cause },
  );
}

/**
 * Asks the daemon for what happens from now on, a value at a time, until it ends.
 *
 * @param timeLimit milliseconds to wait for its word that it will tell
 * @throws {Failure} if there is no daemon, if we may not ask, or if it says no.
 */
export async function* watchControl(
  path: string,
  request: ControlRequest,
  timeLimit = 60_000,
): AsyncGenerator<unknown> {
  const connection = await connect(path);
  try {
    const lines = linesOf(connection);
    await say(connection, request);
    const first = await within(timeLimit, connection, lines.next())
      .catch((error) => Promise.reject(unanswered(path, error)));
    checkAnswer(path, first.done ? undefined : parseAnswer(first.value));
    for await (const line of lines) yield orUndefined(() => JSON.parse(line));
  } finally {
    hangUp(connection);
  }
}

function checkAnswer(path: string, answer: ControlAnswer | undefined): unknown {
  if (answer === undefined) {
    throw new Failure(
      `${path}: no answer of a knockd's`,
      "it may be stopping; if not, check what listens at this path",
    );
  }
  if ("error" in answer) {
    const { error, hint, usage = false } = answer;
    throw new (usage ? UsageError : Failure)(error, hint);
  }
  return answer.result;
}

async function ask(
  connection: Deno.Conn,
  request: ControlRequest,
): Promise<ControlAnswer | undefined> {
  await say(connection, request);
  const line = await readLine(connection, MAX_ANSWER_BYTES);
  return line === undefined ? undefined : parseAnswer(line);
}

/** A daemon that is busy says so, and hangs up before it is asked: that word is to be read. */
async function say(connection: Deno.Conn, request: ControlRequest): Promise<void> {
  try {
    await writeLine(connection, request);
  } catch (error) {
    const { BrokenPipe, ConnectionReset } = Deno.errors;
    if (!(error instanceof BrokenPipe || error instanceof ConnectionReset)) throw error;
  }
}

async function connect(path: string): Promise<Deno.UnixConn> {
  try {
    return await Deno.connect({ transport: "unix", path });
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new Failure(
        `${path}: permission denied`,
        "run this as root, or as a member of the group that may control the daemon",
        { cause: error },
      );
    }
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.ConnectionRefused
    ) {
      throw new Failure(
        `${path}: no daemon is running here`,
        noDaemonHint(),
        { cause: error },
      );
    }
    throw new Failure(
      `${path}: ${reason(error)}`,
      "check the path of the control socket in the config",
      { cause: error },
    );
  }
}

/** Daemons are not found by other users, who have places of their own. */
function noDaemonHint(): string {
  const start = startCommand(mayExist);
  const hint = `start one by ${start}, or name the config it was started with`;
  if (Deno.build.os === "windows") return hint;
  return Deno.uid() === 0
    ? `${hint}; one of another user is named by --control`
    : `${hint}; one that root started is asked by root: sudo, and the same again`;
}
