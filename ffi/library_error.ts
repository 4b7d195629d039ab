/** What everything about a library of the system throws. */

/** A library is missing, or said no; its code is for those who must react to it. */
export abstract class LibraryError<Code extends string> extends Error {
  /** A failure of one kind, in words. */
  constructor(readonly code: Code, message: string) {
    super(message);
  }
}
