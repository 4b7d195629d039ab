/**
 * What the doctor says of one thing: it is well, it is not and why, or it can't be told.
 */

/** A thing that was looked at. */
export interface Examined {
  /** What was looked at: `libpcap`. */
  readonly about: string;
  /** Whether it is well; `unknown` where nothing here can tell. */
  readonly state: "well" | "ill" | "unknown";
  /** What was found, in a line. */
  readonly says: string;
  readonly fix?: string;
}

export function well(about: string, says: string): Examined {
  return { about, state: "well", says };
}

/** It would keep a door shut, or leave one open. */
export function ill(about: string, says: string, fix: string): Examined {
  return { about, state: "ill", says, fix };
}

/** It can't be told from here; `fix` says how it could. */
export function unknown(about: string, says: string, fix?: string): Examined {
  return { about, state: "unknown", says, ...(fix === undefined ? {} : { fix }) };
}
