/** A log whose file is the program's own output. */

import { ownOutput } from "../../files/own_output.ts";

/** What of a log's options is about that. */
interface Places {
  readonly file?: string;
  readonly verbose: boolean;
}

/** The same without such a file, and whether lines go to standard error for it. */
export function intoOutput<T extends Places>(
  options: T,
): { options: Omit<T, "file"> & Places; toError: boolean } {
  const { file, ...others } = options;
  const output = ownOutput(file);
  if (output === undefined) return { options, toError: false };
  return {
    options: { ...others, verbose: others.verbose || output === 1 },
    toError: output === 2,
  };
}
