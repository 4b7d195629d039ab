/** What a spent counter belongs to. */

import type { Client, OtpSettings } from "../../core/door.ts";
import { hmacSha256 } from "../../core/one_time/hotp.ts";

/**
 * The one-time sequences that a secret, a label and a moving factor give, one for each
 * counter. Neither the door's nor the client's name decides it: renaming either makes
 * no sequence good again. A new secret begins a new series, and so does a new period,
 * whose counters can't be compared with the old one's.
 */
export interface Series {
  /** 32 hexadecimal digits; tells nothing about the secret. */
  readonly id: string;
  /** Label of the door, for whoever reads the journal. */
  readonly label: string;
  /** Name of the client, for whoever reads the journal. */
  readonly client: string;
}

/** The series of a client of a rotating door. */
export function seriesOf(
  label: string,
  otp: Pick<OtpSettings, "mode" | "period">,
  client: Client,
): Series {
  const factor = otp.mode === "totp" ? `totp ${otp.period}` : "hotp";
  const message = new TextEncoder().encode(`knockd journal v1\0${label}\0${factor}`);
  const id = hmacSha256(client.secret, message).subarray(0, 16).toHex();
  return { id, label, client: client.name };
}
