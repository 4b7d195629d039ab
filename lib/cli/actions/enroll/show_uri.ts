/** A new client's URI, as a line and as a QR code. */

import type { Enrolled } from "../../../config/clients/enroll.ts";
import { formatUri } from "../../../core/one_time/otpauth_uri.ts";
import { isLinkLocal } from "../../../core/zone.ts";
import { print, printError, terminalSize } from "../../terminal.ts";
import { qrText } from "./qr.ts";

export interface UriOptions {
  /** Nothing but the line. */
  readonly uriOnly?: boolean | undefined;
  /** With a QR code, on a terminal. */
  readonly qr: boolean;
  /** The page whose link is shown in the URI's place. */
  readonly page?: string | undefined;
}

/** The URI comes first and alone, so that standard output can be handed to the client. */
export function showUri(
  { enrolment }: Enrolled,
  { uriOnly, qr, page }: UriOptions,
): void {
  // What follows the # never leaves the browser.
  const uri = page === undefined
    ? formatUri(enrolment)
    : `${page}#${formatUri(enrolment)}`;
  print(uri);
  const why = page && noPageFor(enrolment);
  if (why) {
    printError(`knockd: warning: the page can't knock there: ${why}; the client can`);
  }
  if (uriOnly || !qr || !Deno.stdout.isTerminal()) return;
  const drawn = qrText(uri, terminalSize().columns);
  if ("code" in drawn) return print(`\n${drawn.code}`);
  printError(
    `knockd: warning: no QR code: ${drawn.why} (qrencode -t utf8 draws the line)`,
  );
}

/** Why no browser knocks at a door, if so. */
function noPageFor({ otp, host }: Enrolled["enrolment"]): string | undefined {
  if (otp.bindSource) return "it does not know the address that a bound door wants";
  return isLinkLocal(host) ? "browsers reach no link-local address" : undefined;
}
