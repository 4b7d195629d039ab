/**
 * The client's edge: the clock, the resolver and the network. The tests have one in memory.
 */

import type { Address } from "../core/address.ts";
import { splitZone } from "../core/zone.ts";
import { isOfTheSystem } from "../files/reason.ts";
import type { Shot } from "./shot.ts";
import { sendHit } from "./single_hit.ts";

/** A connection to a port that opened. */
export interface Connection {
  /** Reads what came; `null` once the other side has sent everything. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Says that no more bytes will be written. */
  closeWrite(): Promise<void>;
  /** Ends both directions. */
  close(): void;
}

/** How a port is that gave no connection: it refused one, or nothing answered. */
export type Unconnected = "closed" | "filtered";

/** What the client needs of the world. */
export interface ClientSystem {
  /** Wall clock, Unix milliseconds. */
  now(): number;
  /** Waits; an abort ends the wait early and is no error. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** The addresses of a host name, in the order in which the system prefers them. */
  lookup(host: string, family: 4 | 6 | undefined): Promise<readonly string[]>;
  /** Sends one packet; it has left when this resolves. */
  hit(target: Address, shot: Shot): Promise<void>;
  /** Connects to a TCP port, or says how it is; a signal ends the wait. */
  connect(
    target: Address,
    port: number,
    signal: AbortSignal,
  ): Promise<Connection | Unconnected>;
}

export function realClientSystem(): ClientSystem {
  return { now: Date.now, sleep, lookup, hit: sendHit, connect };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}

/** The system's own resolver, so that /etc/hosts counts; Deno.resolveDns asks DNS alone. */
async function lookup(
  host: string,
  family: 4 | 6 | undefined,
): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(host, { all: true, order: "verbatim", family: family ?? 0 });
  return found.map(({ address }) => address);
}

async function connect(
  target: Address,
  port: number,
  signal: AbortSignal,
): Promise<Connection | Unconnected> {
  try {
    const connection = await Deno.connect({ hostname: target.text, port, signal });
    connection.setNoDelay();
    return connection;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return "closed";
    // What is wrong with a zone, the hits say.
    const zoned = splitZone(target.text) !== undefined;
    if (signal.aborted || isOfTheSystem(error) || zoned) return "filtered";
    throw error;
  }
}
