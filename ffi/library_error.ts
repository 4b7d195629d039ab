/** What everything about a library of the system throws. */

/** A library is missing, or said no; its code is for who must react to it. */
export abstract class LibraryError<Code extends string> extends Error {
  /** What kind of failure it was. */
  readonly code: Code;

  /** A failure of one kind, in words. */
  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}
