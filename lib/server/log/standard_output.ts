/** An output of the program, as the log writes to it. */

/** Standard output, or what takes its place. */
export interface LogOutput {
  readonly fd: number;
  writeSync(bytes: Uint8Array): number;
}

export const STANDARD_OUTPUT: LogOutput = {
  fd: 1,
  writeSync: (bytes) => Deno.stdout.writeSync(bytes),
};

export const STANDARD_ERROR: LogOutput = {
  fd: 2,
  writeSync: (bytes) => Deno.stderr.writeSync(bytes),
};
