/**
 * The single packet of a one-time knock, from an enrolment and a time, by WebCrypto. The
 * format is docs/packet-v1.md.
 *
 * ```ts
 * import { packetAt } from "knockd/packet";
 *
 * const payload = await packetAt(uri, Date.now() / 1000);
 * ```
 *
 * @module
 */
import {
  packetKeyMessage,
  payloadOf,
  proofMessage,
  tagMessage,
} from "../core/one_time/packet.ts";
import { counterOf, type EnrolledDoor, readEnrolment } from "./enrolment.ts";
import { derivedKey, macOf, unreadableKey } from "./mac.ts";
import { sourceBytes } from "./source.ts";

/**
 * The payload of the knock for a time: 24 bytes for one UDP datagram to the host, port
 * `otp.packet`. Up to 1,176 more bytes may follow, and mean nothing.
 *
 * @param enrolment a URI of `knockd enroll`, or what {@linkcode readEnrolment} made of it
 * @param unixSeconds seconds since 1970
 * @param source the address that the host sees, for a door with `bindSource`
 * @throws SyntaxError for a URI that is none, RangeError for a time that is none, a source
 * that is missing or no address, and for a door that takes no packets
 */
export async function packetAt(
  enrolment: string | EnrolledDoor,
  unixSeconds: number,
  source?: string,
): Promise<Uint8Array> {
  const read = typeof enrolment === "string" ? readEnrolment(enrolment) : enrolment;
  const { otp } = read;
  if (otp.packet === undefined) throw new RangeError("the door takes no single packets");
  const bound = otp.bindSource ? source ?? "" : undefined;
  return await packetOf(await packetSigner(read), counterOf(read, unixSeconds), bound);
}

/** The key of an enrolment's packets. It can be used and kept, and not be read. */
export async function packetSigner({ secret, label }: EnrolledDoor): Promise<CryptoKey> {
  const own = await unreadableKey(Uint8Array.from(secret.reveal()));
  return await derivedKey(own, packetKeyMessage(label));
}

/**
 * The payload of a counter.
 *
 * @param source the address that the host sees, for a door with `bindSource`, alone
 * @throws RangeError for a counter that is not 0 to 2^48 - 1, or a source that is no address
 */
export async function packetOf(
  key: CryptoKey,
  counter: number,
  source?: string,
): Promise<Uint8Array> {
  const address = source === undefined ? undefined : sourceBytes(source);
  const tag = await macOf(key, tagMessage(counter));
  return payloadOf(tag, await macOf(key, proofMessage(counter, address)));
}
