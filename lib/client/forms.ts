/** The two forms of a one-time knock: a sequence of ports, and a single packet. */

import type { Address } from "../core/address.ts";
import { UsageError } from "../core/failure.ts";
import { derivationKey, deriveSequence } from "../core/one_time/derive.ts";
import type { Enrolment } from "../core/one_time/enrolment.ts";
import { packetKey, packetPayload } from "../core/one_time/packet.ts";
import type { Shot } from "./shot.ts";

/** What a one-time knock looks like on the wire. */
export type Form = "packet" | "sequence";

/**
 * The form of a try, from 0: the one that was asked for; else packets where the door takes
 * them, and every other time a sequence, for networks that let one of them through.
 */
export function formOf({ otp }: Enrolment, tries: number, asked?: Form): Form {
  if (asked === "packet" && otp.packet === undefined) {
    throw new UsageError(
      "the profile has no port for single packets",
      "the door's otp table has to say packet = PORT before a client is enrolled",
    );
  }
  if (asked !== undefined) return asked;
  return otp.packet === undefined || tries % 2 === 1 ? "sequence" : "packet";
}

/** What a counter has to send in a form; `source` is for doors with `bind_source`. */
export function shotsOf(
  { label, secret, otp }: Enrolment,
  form: Form,
  counter: number,
  source?: Address,
): readonly Shot[] {
  if (otp.bindSource && !source) throw new TypeError("the door is bound to a source");
  const bound = otp.bindSource ? source : undefined;
  if (form === "packet" && otp.packet !== undefined) {
    const payload = packetPayload(packetKey(secret, label), counter, bound);
    return [{ port: otp.packet, protocol: "udp", payload }];
  }
  const plain = derivationKey(secret, label);
  const key = bound && derivationKey(secret, label, bound);
  return deriveSequence(otp, counter, plain, key);
}
