/** The two ways to fail that a user can meet. Both carry a hint: what to do next. */

/** Something failed while running; exit code 1. */
export class Failure extends Error {
  /** Tells the errors apart. */
  override readonly name: string = "Failure";
  /** What to do next. */
  readonly hint: string | undefined;

  /** A failure: what failed and where, then what to do next. */
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** The command line or a config is wrong; exit code 2. */
export class UsageError extends Failure {
  /** Tells the errors apart. */
  override readonly name = "UsageError";
}

/** What something gives, or the Failure that it throws; what else it throws goes on. */
export function orFailure<T>(act: () => T): T | Failure {
  try {
    return act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
