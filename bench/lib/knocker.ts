/** Sends knocks from a host, each packet leaving at the moment that is written down. */

import type { Host } from "../../tests/lab/net.ts";
import { libc } from "./libc.ts";
import { ADDRESS_SIZE, DATAGRAM, Namespace, socketAddress, STREAM } from "./namespace.ts";

/** A knocker. A nonblocking connect() sends its SYN before it returns. */
export class Knocker implements Disposable {
  readonly #namespace: Namespace;

  constructor(host: Host) {
    this.#namespace = new Namespace(host);
  }

  /**
   * One SYN to each port, in order.
   *
   * @returns When the last one was sent, in milliseconds of performance.now().
   */
  knock(target: string, ports: readonly number[], source?: string): number {
    const sockets = this.#namespace.sockets(ports.length, STREAM, source);
    const addresses = ports.map((port) => socketAddress(target, port));
    const { connect, close } = libc();
    let sent = 0;
    sockets.forEach((socket, i) => {
      sent = performance.now();
      connect(socket, addresses[i]!, ADDRESS_SIZE);
    });
    for (const socket of sockets) close(socket);
    return sent;
  }

  /** One datagram; returns when it was sent. */
  datagram(target: string, port: number, bytes: Uint8Array<ArrayBuffer>): number {
    const [socket = -1] = this.#namespace.sockets(1, DATAGRAM);
    const { connect, send, close } = libc();
    connect(socket, socketAddress(target, port), ADDRESS_SIZE);
    const sent = performance.now();
    send(socket, bytes, BigInt(bytes.length), 0);
    close(socket);
    return sent;
  }

  [Symbol.dispose](): void {
    this.#namespace[Symbol.dispose]();
  }
}
