/**
 * The metrics over HTTP, for whoever may open a connection on this machine: so few at
 * once, each for a short time, and nothing else is answered.
 */

import { Failure } from "../../core/failure.ts";
import { reason } from "../../files/reason.ts";
import { Connections } from "../control/connections.ts";
import { within, writeText } from "../control/json_line.ts";
import type { MetricsFormat } from "./exposition.ts";
import { answerTo } from "./http_answer.ts";

const MAX_CONNECTIONS = 16;
const MAX_REQUEST_BYTES = 16 * 1024;
const TIME_LIMIT_MS = 5000;

export interface MetricsAddress {
  /** An address of the loopback interface. */
  readonly hostname: string;
  readonly port: number;
}

/** Answers those who ask for metrics, until it is disposed; throws a Failure. */
export function serveMetrics(
  address: MetricsAddress,
  text: (format: MetricsFormat) => Promise<string>,
): Disposable & { readonly port: number } {
  const listener = listenAt(address);
  const answer = async (connection: Deno.Conn) => {
    const head = await readHead(connection);
    if (head !== undefined) await writeText(connection, await answerTo(head, text));
  };
  const connections = new Connections(listener, {
    most: MAX_CONNECTIONS,
    serve: (connection) => within(TIME_LIMIT_MS, connection, answer(connection)),
  });
  const end = { [Symbol.dispose]: () => void connections[Symbol.asyncDispose]() };
  return { port: listener.addr.port, ...end };
}

function listenAt(address: MetricsAddress): Deno.TcpListener {
  try {
    return Deno.listen({ ...address, transport: "tcp" });
  } catch (error) {
    const { hostname, port } = address;
    throw new Failure(`port ${port} of ${hostname}: ${reason(error)}`);
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
