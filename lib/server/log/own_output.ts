/** Log files that are this program's own output: containers have `LogFile = /dev/stdout`. */

/** What of a log's options is about that. */
interface Places {
  readonly file?: string;
  readonly verbose: boolean;
}

const OUTPUTS: ReadonlyMap<string | undefined, 1 | 2> = new Map([
  ["/dev/stdout", 1],
  ["/dev/fd/1", 1],
  ["/proc/self/fd/1", 1],
  ["/dev/stderr", 2],
  ["/dev/fd/2", 2],
  ["/proc/self/fd/2", 2],
]);

/** The same without such a file, and whether lines go to standard error for it. */
export function intoOutput<T extends Places>(
  options: T,
): { options: Omit<T, "file"> & Places; toError: boolean } {
  const { file, ...others } = options;
  const output = OUTPUTS.get(file);
  if (output === undefined) return { options, toError: false };
  return {
    options: { ...others, verbose: others.verbose || output === 1 },
    toError: output === 2,
  };
}
