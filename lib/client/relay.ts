/** A connection joined to a pair of streams, for ssh's ProxyCommand. */

import { Failure } from "../core/failure.ts";
import { hintFor, isOfTheSystem, reason } from "../files/reason.ts";
import type { Connection } from "./client_system.ts";

/** Where the bytes to send come from. */
interface Input {
  /** Reads some bytes; `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

interface Output {
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Carries bytes both ways until the connection's end, or until its reader goes away; of
 * the input's end the connection hears at once. The end is not waited for on both sides:
 * ssh hears that its server has hung up when our output is closed, and only the process's
 * end closes that.
 *
 * @throws {Failure} when the network is lost, or the output takes no more.
 */
export async function relay(
  connection: Connection,
  input: Input,
  output: Output,
): Promise<void> {
  const sending = pump(input, connection).then(() => connection.closeWrite());
  const receiving = pump(connection, output);
  try {
    await Promise.race([receiving, unlessGone(sending).then(() => receiving)]);
  } catch (error) {
    if (!isGone(error)) throw brokenOff(error);
  } finally {
    connection.close();
  }
}

function brokenOff(error: unknown): unknown {
  if (!isOfTheSystem(error)) return error;
  const hint = hintFor(error) ?? "knock again when the network is there";
  return new Failure(`the connection broke off: ${reason(error)}`, hint, {
    cause: error,
  });
}

async function pump(from: Input, to: Output): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const size = await from.read(buffer);
    if (size === null) return;
    for (let done = 0; done < size;) done += await to.write(buffer.subarray(done, size));
  }
}

/** A peer that stopped reading may still have sent something: that is received first. */
async function unlessGone(sending: Promise<void>): Promise<void> {
  try {
    await sending;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  const { errors } = Deno;
  return [errors.BrokenPipe, errors.ConnectionReset, errors.ConnectionAborted]
    .concat(errors.NotConnected).some((kind) => error instanceof kind);
}
