/** What a client has to know, made with a secret that nobody had before. */

import type { OtpDoor } from "../../core/door.ts";
import { UsageError } from "../../core/failure.ts";
import {
  type Enrolment,
  formatEnrolment,
  parseEnrolment,
} from "../../core/one_time/enrolment.ts";
import { Secret } from "../../core/secret.ts";

const SECRET_BYTES = 32;

/** Who gets it, and by which name or address it reaches this machine. */
export interface Holder {
  readonly client: string;
  readonly host: string;
}

/** A new secret for a door's client; throws a `UsageError` where the host can't be. */
export function newEnrolment(door: OtpDoor, { client, host }: Holder): Enrolment {
  const enrolment: Enrolment = {
    host,
    door: door.name,
    label: door.label,
    client,
    otp: door.key.otp,
    // A new secret begins a new series.
    counter: 0,
    secret: new Secret(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))),
  };
  const readBack = parseEnrolment(formatEnrolment(enrolment));
  if (typeof readBack === "string") throw new UsageError(readBack);
  return readBack;
}
