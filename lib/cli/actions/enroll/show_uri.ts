/** A new client's URI, as a line and as a QR code. */

import type { Enrolled } from "../../../config/clients/enroll.ts";
import { formatUri } from "../../../core/one_time/otpauth_uri.ts";
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
  if (uriOnly || !qr || !Deno.stdout.isTerminal()) return;
  const drawn = qrText(uri, terminalSize().columns);
  if ("code" in drawn) return print(`\n${drawn.code}`);
  printError(
    `knockd: warning: no QR code: ${drawn.why} (qrencode -t utf8 draws the line)`,
  );
}
