/** What a client has to know, made with a secret that nobody had before. */

import type { OtpDoor } from "../../core/door.ts";
import { UsageError } from "../../core/failure.ts";
import {
  type Enrolment,
  formatEnrolment,
  parseEnrolment,
} from "../../core/one_time/enrolment.ts";
import { asciiHost } from "../../core/ascii_host.ts";
import { parseAddress } from "../../core/address.ts";
import { hostName } from "../../core/host_name.ts";
import { isLinkLocal, splitZone } from "../../core/zone.ts";
import { Secret } from "../../core/secret.ts";

const SECRET_BYTES = 32;

/** Who gets it, and by which name or address it reaches this machine. */
export interface Holder {
  readonly client: string;
  readonly host: string;
}

/** The host, if a client can knock there, in ASCII; else throws a `UsageError`. */
export function hostToKnockAt(text: string): string {
  const host = asciiHost(text);
  const address = parseAddress(host);
  // Whoever has a link-local address has it on one of the client's networks: which one?
  const reaches = address === undefined
    ? hostName(host) !== undefined || splitZone(host) !== undefined
    : !isLinkLocal(address.text) && !/^(::|0\.0\.0\.0)$/.test(address.text);
  if (reaches) return host;
  throw new UsageError(
    "--host takes a name or an address that leads here",
    "that alone; a link-local one with the client's interface: --host fe80::1%eth0",
  );
}

/** A new secret for a door's client; throws a `UsageError` where the host can't be. */
export function newEnrolment(door: OtpDoor, { client, host }: Holder): Enrolment {
  const enrolment: Enrolment = {
    host: hostToKnockAt(host),
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
