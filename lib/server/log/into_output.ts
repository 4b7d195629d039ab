/** A log whose file is the program's own output. */

import { ownOutput } from "../../files/own_output.ts";
import { isDetached } from "../process/daemonize.ts";
import { launchersOutput } from "../process/launchers_output.ts";
import { type LogOutput, STANDARD_OUTPUT } from "./standard_output.ts";

/** What of a log's options is about that. */
interface Places {
  readonly file?: string;
  readonly verbose: boolean;
}

interface IntoOutput<T> {
  /** The same without such a file. */
  readonly options: Omit<T, "file"> & Places;
  /** What standard output is for the log. */
  readonly output: LogOutput;
  /** Whether lines go to standard error for such a file. */
  readonly toError: boolean;
  /** A file that is nothing to a daemon in the background. */
  readonly lost?: string;
}

export function intoOutput<T extends Places>(options: T): IntoOutput<T> {
  const { file, ...others } = options;
  const fd = ownOutput(file);
  const own = { output: STANDARD_OUTPUT, toError: fd === 2 };
  if (file === undefined || fd === undefined) return { options, ...own };
  if (!isDetached()) {
    return { options: { ...others, verbose: others.verbose || fd === 1 }, ...own };
  }
  const output = launchersOutput(fd);
  if (output === undefined) return { options: others, ...own, lost: file };
  return { options: { ...others, verbose: true }, output, toError: false };
}
