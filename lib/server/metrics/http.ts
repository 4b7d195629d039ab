/**
 * The metrics over HTTP, for whoever may open a connection on this machine: so few at
 * once, each for a short time, and nothing else is answered.
 */

import { Failure } from "../../core/failure.ts";
import { reason } from "../../files/reason.ts";
import { hangUp, within } from "../control/json_line.ts";
import type { MetricsFormat } from "./exposition.ts";
import { answerTo } from "./http_answer.ts";

const MAX_CONNECTIONS = 16;
const MAX_REQUEST_BYTES = 16 * 1024;
const TIME_LIMIT_MS = 5000;
/** Pause after a failed accept: the process may be out of file descriptors. */
const ACCEPT_RETRY_MS = 100;

/** Where to listen. */
export interface MetricsAddress {
  /** An address of the loopback interface. */
  readonly hostname: string;
  readonly port: number;
}

type MetricsText = (format: MetricsFormat) => Promise<string>;

/** Answers those who ask for metrics. */
export class MetricsServer implements Disposable {
  readonly #listener: Deno.TcpListener;
  readonly #text: MetricsText;
  readonly #connections = new Set<Deno.Conn>();
  #closed = false;

  private constructor(listener: Deno.TcpListener, text: MetricsText) {
    this.#listener = listener;
    this.#text = text;
    void this.#acceptAll();
  }

  /** Listens; throws a Failure if that can't be. */
  static open(address: MetricsAddress, text: MetricsText): MetricsServer {
    try {
      return new MetricsServer(Deno.listen({ ...address, transport: "tcp" }), text);
    } catch (error) {
      const { hostname, port } = address;
      throw new Failure(`port ${port} of ${hostname}: ${reason(error)}`);
    }
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    this.#connections.forEach(hangUp);
  }

  async #acceptAll(): Promise<void> {
    while (!this.#closed) {
      try {
        void this.#serve(await this.#listener.accept());
      } catch {
        if (this.#closed) return;
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    try {
      if (this.#connections.size >= MAX_CONNECTIONS) return;
      this.#connections.add(connection);
      await within(TIME_LIMIT_MS, connection, this.#answer(connection));
    } catch {
      // Nobody is left to be told.
    } finally {
      this.#connections.delete(connection);
      hangUp(connection);
    }
  }

  async #answer(connection: Deno.Conn): Promise<void> {
    const head = await readHead(connection);
    if (head === undefined) return;
    const bytes = new TextEncoder().encode(await answerTo(head, this.#text));
    for (let sent = 0; sent < bytes.length;) {
      sent += await connection.write(bytes.subarray(sent));
    }
  }
}

/** A request up to its empty line; `undefined` if it is too long or never ends. */
async function readHead(connection: Deno.Conn): Promise<string | undefined> {
  const chunk = new Uint8Array(4096);
  let head = "";
  while (head.length <= MAX_REQUEST_BYTES) {
    const count = await connection.read(chunk);
    if (count === null) return undefined;
    head += String.fromCharCode(...chunk.subarray(0, count));
    const end = head.indexOf("\r\n\r\n");
    if (end >= 0) return head.slice(0, end);
  }
  return undefined;
}
