/** The daemon's end of the control socket. */

import { defined } from "../../core/defined.ts";
import { Failure, UsageError } from "../../core/failure.ts";
import { Connections } from "./connections.ts";
import { readLine, within, writeLine } from "./json_line.ts";
import { type ControlAnswer, type ControlRequest, parseRequest } from "./message.ts";
import { listenAt } from "./socket.ts";

const MAX_CONNECTIONS = 64;
const MAX_REQUEST_BYTES = 64 * 1024;

/** How to listen and what to do with what is asked. */
export interface ControlOptions {
  readonly path: string;
  /** Name or number of a group that may use it besides the owner. */
  readonly group?: string;
  /**
   * Answers a request; a `Failure` it throws is the answer. What a stream gives goes out
   * line by line, as long as both sides last.
   */
  readonly handle: (request: ControlRequest) => Promise<unknown>;
  /** Told why nobody can be let in, each time that it is tried. */
  readonly onFault?: (error: unknown) => void;
  /** Milliseconds for a client to send its request, and to take the answer. */
  readonly timeLimit?: number;
}

/** Answers whoever may open the socket, however badly they behave. */
export class ControlServer implements AsyncDisposable {
  readonly #handle: (request: ControlRequest) => Promise<unknown>;
  readonly #timeLimit: number;
  readonly #connections: Connections;

  private constructor(listener: Deno.UnixListener, options: ControlOptions) {
    const { handle, onFault = () => {}, timeLimit = 5_000 } = options;
    this.#handle = handle;
    this.#timeLimit = timeLimit;
    this.#connections = new Connections(listener, {
      most: MAX_CONNECTIONS,
      serve: async (connection) =>
        await this.#tell(connection, await this.#answer(connection)),
      refuse: (connection) => this.#tell(connection, BUSY),
      onFault,
    });
  }

  /** Listens; takes the place of a socket that a dead daemon left. */
  static async open(options: ControlOptions): Promise<ControlServer> {
    return new ControlServer(await listenAt(options.path, options.group), options);
  }

  /**
   * Hangs up on everybody and takes the socket away. Deno removes it by its path when the
   * last accept has ended, so it has to be waited for: it could be the next server's.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections[Symbol.asyncDispose]();
  }

  async #tell(connection: Deno.Conn, answer: ControlAnswer): Promise<void> {
    const lines = "result" in answer ? answer.result : undefined;
    if (lines instanceof ReadableStream) await this.#stream(connection, lines);
    else await within(this.#timeLimit, connection, writeLine(connection, answer));
  }

  /** One who takes no line for as long as an answer may take is hung up on. */
  async #stream(connection: Deno.Conn, lines: ReadableStream<unknown>): Promise<void> {
    const reader = lines.getReader();
    const goneAway = readLine(connection, MAX_REQUEST_BYTES).catch(() => {});
    // A stream that has failed, as of who does not keep up, can't be cancelled any more.
    goneAway.then(() => reader.cancel()).catch(() => {});
    try {
      const send = (value: unknown) =>
        within(this.#timeLimit, connection, writeLine(connection, value));
      await send({ result: null });
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        await send(value);
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  async #answer(connection: Deno.Conn): Promise<ControlAnswer> {
    const reading = readLine(connection, MAX_REQUEST_BYTES);
    const line = await within(this.#timeLimit, connection, reading);
    const request = line === undefined ? undefined : parseRequest(line);
    if (request === undefined) return NONSENSE;
    try {
      return { result: await this.#handle(request) ?? null };
    } catch (error) {
      const { message } = error instanceof Error ? error : new Error(String(error));
      const hint = error instanceof Failure ? error.hint : hintFor(error);
      const usage = error instanceof UsageError ? true : undefined;
      return { error: message, ...defined({ hint, usage }) };
    }
  }
}

const BUSY: ControlAnswer = {
  error: `the daemon has ${MAX_CONNECTIONS} control connections already`,
  hint: "try again in a few seconds",
};

/** Some of its program is read when it is needed first. */
function hintFor(error: unknown): string | undefined {
  return Object(error).code === "ERR_MODULE_NOT_FOUND"
    ? "its program was replaced since it started, as by an upgrade: restart the daemon"
    : undefined;
}

const NONSENSE: ControlAnswer = {
  error: "the daemon does not understand the request",
  hint: "use the knockd that the daemon was started from",
};
