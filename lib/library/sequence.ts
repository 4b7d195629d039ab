/**
 * The ports of a one-time knock, from an enrolment and a time, by WebCrypto: in browsers,
 * in Node and in Deno. The format is docs/sequence-v1.md.
 *
 * ```ts
 * import { sequenceAt } from "knockd/sequence";
 *
 * for (const { port, protocol } of await sequenceAt(uri, Date.now() / 1000)) {
 *   console.log(port, protocol);
 * }
 * ```
 *
 * @module
 */
import { codeMessage, codeOf } from "../core/one_time/hotp.ts";
import { derivationMessage, sequenceSteps } from "../core/one_time/derive.ts";
import { counterOf, type EnrolledDoor, readEnrolment } from "./enrolment.ts";
import { derivedKey, macOf, unreadableKey } from "./mac.ts";
import { sourceBytes } from "./source.ts";

/** One port to hit. */
export interface PortToHit {
  /** The port, 1 to 65535. */
  readonly port: number;
  /** How to hit it: a SYN, as any TCP connection begins, or any UDP datagram. */
  readonly protocol: "tcp" | "udp";
}

/**
 * The keys of a door's sequences. They can be used and kept (IndexedDB takes them), and not
 * be read; the secret can't be had from them.
 */
export interface SequenceKeys {
  /** Gives the first port. */
  readonly first: CryptoKey;
  /** Gives the others; the same key for a door that asks for no source. */
  readonly others: CryptoKey;
}

/** What of a door's settings its sequences depend on. */
export interface SequenceSettings {
  /** Ports in a sequence. */
  readonly length: number;
  /** Lowest port. */
  readonly lo: number;
  /** Highest port, included. */
  readonly hi: number;
  /** Protocol of the ports. */
  readonly protocol: "tcp" | "udp" | "mixed";
}

/**
 * The ports of the knock for a time. Order does not matter, nor do repeats; all of them
 * have to be hit within the door's `seq_timeout`.
 *
 * @param enrolment a URI of `knockd enroll`, or what {@linkcode readEnrolment} made of it
 * @param unixSeconds seconds since 1970
 * @param source the address that the host sees, for a door with `bindSource`
 * @throws SyntaxError for a URI that is none, RangeError for a time that is none, or a
 * source that is missing or no address
 */
export async function sequenceAt(
  enrolment: string | EnrolledDoor,
  unixSeconds: number,
  source?: string,
): Promise<PortToHit[]> {
  const read = typeof enrolment === "string" ? readEnrolment(enrolment) : enrolment;
  const keys = await sequenceKeys(read, source);
  return await sequenceOf(keys, read.otp, counterOf(read, unixSeconds));
}

/**
 * The keys of an enrolment's sequences.
 *
 * @param source the address that the host sees, for a door with `bindSource`
 * @throws RangeError for a source that is missing or no address
 */
export async function sequenceKeys(
  { secret, label, otp }: EnrolledDoor,
  source?: string,
): Promise<SequenceKeys> {
  const own = await unreadableKey(Uint8Array.from(secret.reveal()));
  const first = await derivedKey(own, derivationMessage(label));
  if (!otp.bindSource) return { first, others: first };
  const bound = derivationMessage(label, sourceBytes(source ?? ""));
  return { first, others: await derivedKey(own, bound) };
}

/**
 * The ports of a counter.
 *
 * @throws RangeError for a counter that is not 0 to 2^48 - 1
 */
export async function sequenceOf(
  keys: SequenceKeys,
  settings: SequenceSettings,
  counter: number,
): Promise<PortToHit[]> {
  const steps = sequenceSteps(settings, counter);
  let step = steps.next();
  while (!step.done) {
    const key = step.value === 0 ? keys.first : keys.others;
    step = steps.next(codeOf(await macOf(key, codeMessage(counter, step.value))));
  }
  return [...step.value];
}
