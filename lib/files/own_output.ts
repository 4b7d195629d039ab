/** Files that are the program's own output: containers have `LogFile = /dev/stdout`. */

const OUTPUTS: ReadonlyMap<string | undefined, 1 | 2> = new Map([
  ["/dev/stdout", 1],
  ["/dev/fd/1", 1],
  ["/proc/self/fd/1", 1],
  ["/dev/stderr", 2],
  ["/dev/fd/2", 2],
  ["/proc/self/fd/2", 2],
]);

/** The descriptor that a path means, if it is one of those. */
export function ownOutput(path: string | undefined): 1 | 2 | undefined {
  return OUTPUTS.get(path);
}
