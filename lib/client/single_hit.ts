/** One packet to one port, without privileges. */

import type { Address } from "../core/address.ts";
import type { Shot } from "./shot.ts";
import { formatKnock } from "../core/sequence.ts";
import { Failure } from "../core/failure.ts";
import { splitZone } from "../core/zone.ts";
import { whyNotSent } from "./why_not_sent.ts";

/** What a datagram carries that is a knock by its port. */
const NOTHING = new Uint8Array(1);

/** Sends one SYN or one small datagram; it has left when this resolves. */
export async function sendHit(target: Address, knock: Shot): Promise<void> {
  try {
    if (knock.protocol === "tcp") await sendSyn(target, knock.port);
    else await sendDatagram(target, knock.port, knock.payload ?? NOTHING);
  } catch (error) {
    const { why, hint } = whyNotSent(error, splitZone(target.text)?.zone);
    const message = `can't send to ${target.text} port ${formatKnock(knock)}: ${why}`;
    throw new Failure(message, hint, { cause: error });
  }
}

/**
 * The SYN of a connection to a literal address leaves within the call of Deno.connect:
 * the attempt is dropped right after, before it could be sent again or be accepted. What
 * has failed by then failed on this machine; what the network answers does not matter.
 * Where a zone has to be looked up the SYN leaves later, and answers may come in time.
 */
async function sendSyn(target: Address, port: number): Promise<void> {
  const attempt = new AbortController();
  const zoned = splitZone(target.text) !== undefined;
  const answers = zoned ? ["ECONNREFUSED", ...ICMP_ANSWERS] : ["ECONNREFUSED"];
  let dropped = false;
  const connection = Deno.connect({
    hostname: target.text,
    port,
    signal: attempt.signal,
  }).then((connection) => connection.close(), (error) => {
    if (!dropped && !answers.includes(error.code)) throw error;
  });
  connection.catch(() => {});
  await (zoned ? settledWithin(ZONE_PATIENCE, connection) : localErrors());
  dropped = true;
  attempt.abort();
  await connection;
}

/** What a host that rejects may answer, in words of the connect system call. */
const ICMP_ANSWERS = ["EACCES", "EHOSTUNREACH"];

/** Milliseconds in which a SYN has left for sure, and no second one. */
const ZONE_PATIENCE = 200;

function settledWithin(ms: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    promise.finally(() => clearTimeout(timer)).then(resolve, () => resolve());
  });
}

/** Lets an error of the connect system call arrive; one round of promises is enough. */
async function localErrors(): Promise<void> {
  for (let round = 0; round < 8; round++) await null;
}

/** A socket of its own for every datagram: a repeat from the same port is no new hit. */
async function sendDatagram(
  target: Address,
  port: number,
  payload: Uint8Array,
): Promise<void> {
  const everywhere = target.family === 4 ? "0.0.0.0" : "::";
  const local = { transport: "udp", hostname: everywhere, port: 0 } as const;
  const socket = Deno.listenDatagram(local);
  try {
    await socket.send(payload, { transport: "udp", hostname: target.text, port });
  } finally {
    socket.close();
  }
}
