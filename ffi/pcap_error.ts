/**
 * The error that everything about libpcap throws.
 *
 * @module
 */

/** What kind of failure it was, for who must react differently to each. */
export type PcapErrorCode =
  | "no-library"
  | "no-permission"
  | "no-device"
  | "down"
  | "filter"
  | "other";

/** libpcap is missing, or said no. */
export class PcapError extends Error {
  /** Tells the errors apart. */
  override readonly name = "PcapError";
  /** What kind of failure it was. */
  readonly code: PcapErrorCode;

  /** A failure of one kind, in words. */
  constructor(code: PcapErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
