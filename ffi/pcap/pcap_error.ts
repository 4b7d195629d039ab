/** The error that everything about libpcap throws. */

import { LibraryError } from "../library_error.ts";

/** What kind of failure it was, for those who must react differently to each. */
export type PcapErrorCode =
  | "no-library"
  | "no-permission"
  | "no-device"
  | "down"
  | "filter"
  | "other";

/** libpcap is missing, or said no. */
export class PcapError extends LibraryError<PcapErrorCode> {
  /** Tells the errors apart. */
  override readonly name = "PcapError";
}
