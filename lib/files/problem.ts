/** What is wrong in a file, and where: what everything that reads one answers with. */

/** Something wrong in a file, and where. */
export interface Problem {
  /** Whether it keeps the file from being used. */
  readonly severity: "error" | "warning";
  readonly file: string;
  /** Line, from 1; 0 for the file as a whole. */
  readonly line: number;
  /** Column, from 1; 0 for the file as a whole. */
  readonly column: number;
  /** What is wrong: `doors.ssh.sequence[2]: port 70000 is above 65535`. */
  readonly message: string;
  readonly hint?: string;
  /** What a warning is called in docs/advice.md. */
  readonly name?: string;
  /** The door that it is about, in a config. */
  readonly door?: string;
}
