/** The daemon's end of the control socket. */

import { Failure } from "../../core/failure.ts";
import { hangUp, readLine, within, writeLine } from "./json_line.ts";
import { type ControlAnswer, type ControlRequest, parseRequest } from "./message.ts";
import { listenAt } from "./socket.ts";

const MAX_CONNECTIONS = 64;
const MAX_REQUEST_BYTES = 64 * 1024;

/** Pause after a failed accept: the process may be out of file descriptors. */
const ACCEPT_RETRY_MS = 100;

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
  readonly #listener: Deno.UnixListener;
  readonly #handle: (request: ControlRequest) => Promise<unknown>;
  readonly #onFault: (error: unknown) => void;
  readonly #timeLimit: number;
  readonly #connections = new Set<Deno.Conn>();
  #closed = false;
  #accepting = Promise.resolve();

  private constructor(listener: Deno.UnixListener, options: ControlOptions) {
    this.#listener = listener;
    this.#handle = options.handle;
    this.#onFault = options.onFault ?? (() => {});
    this.#timeLimit = options.timeLimit ?? 5_000;
  }

  /** Listens; takes the place of a socket that a dead daemon left. */
  static async open(options: ControlOptions): Promise<ControlServer> {
    const listener = await listenAt(options.path, options.group);
    const server = new ControlServer(listener, options);
    server.#accepting = server.#acceptAll();
    return server;
  }

  /**
   * Hangs up on everybody and takes the socket away. Deno removes it by its path when the
   * last accept has ended, so it has to be waited for: it could be the next server's.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#listener.close();
      this.#connections.forEach(hangUp);
    }
    await this.#accepting;
  }

  async #acceptAll(): Promise<void> {
    while (!this.#closed) {
      try {
        const connection = await this.#listener.accept();
        void this.#serve(connection);
      } catch (error) {
        if (this.#closed) return;
        this.#onFault(error);
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
  }

  /** A client that goes away, stalls or sends too much is its own trouble alone. */
  async #serve(connection: Deno.Conn): Promise<void> {
    const isRefused = this.#connections.size >= MAX_CONNECTIONS;
    if (!isRefused) this.#connections.add(connection);
    try {
      const answer = isRefused ? BUSY : await this.#answer(connection);
      const lines = "result" in answer ? answer.result : undefined;
      if (lines instanceof ReadableStream) await this.#stream(connection, lines);
      else await within(this.#timeLimit, connection, writeLine(connection, answer));
    } catch {
      // Nobody is left to be told.
    } finally {
      hangUp(connection);
      this.#connections.delete(connection);
    }
  }

  /** One who takes no line for as long as an answer may take is hung up on. */
  async #stream(connection: Deno.Conn, lines: ReadableStream<unknown>): Promise<void> {
    const reader = lines.getReader();
    const goneAway = readLine(connection, MAX_REQUEST_BYTES).catch(() => {});
    void goneAway.then(() => reader.cancel());
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
      const hint = error instanceof Failure ? error.hint : undefined;
      return hint === undefined ? { error: message } : { error: message, hint };
    }
  }
}

const BUSY: ControlAnswer = {
  error: `the daemon has ${MAX_CONNECTIONS} control connections already`,
  hint: "try again in a few seconds",
};

const NONSENSE: ControlAnswer = {
  error: "the daemon does not understand the request",
  hint: "use the knockd that the daemon was started from",
};
