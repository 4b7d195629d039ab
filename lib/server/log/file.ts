/**
 * A log file that survives a full disk and logrotate. What is said at once is one write: a
 * flood of lines is stopped before (line_limit.ts).
 */

import { Failure } from "../../core/failure.ts";
import { hintFor, isReadOnly, reason } from "../../files/reason.ts";
import { foreignLink } from "../../files/trust.ts";
import { statOf } from "../../files/look.ts";

const encoder = new TextEncoder();
const NEWLINE = encoder.encode("\n");

/** A file that lines are appended to. */
export class LogFile {
  readonly #path: string;
  readonly #report: (message: string) => void;
  #file: Deno.FsFile | undefined;
  #lost = 0;
  /** Whether its path could not be opened again, which was said. */
  #isOld = false;
  /** Bytes of the lines at hand that are in the file. */
  #written = 0;
  #insideLine = false;

  /** Opens the file; throws a Failure when that can't be. Trouble later is reported. */
  constructor(path: string, report: (message: string) => void) {
    this.#path = path;
    this.#report = report;
    try {
      this.#file = open(path);
    } catch (error) {
      throw new Failure(
        `cannot open log file ${path}: ${whyNot(error)}`,
        "make its directory, or choose another one with log_file",
        { cause: error },
      );
    }
  }

  /** Appends lines. Those that can't be written are counted, and the loss reported. */
  write(...lines: readonly string[]): void {
    if (this.#file === undefined || lines.length === 0) return;
    this.#written = 0;
    try {
      if (this.#insideLine) this.#append(this.#file, NEWLINE);
      this.#written = 0;
      this.#append(this.#file, encoder.encode(`${lines.join("\n")}\n`));
    } catch (error) {
      this.#lose(lines, error);
      return;
    }
    if (this.#lost > 0) this.#reportLoss();
  }

  #lose(lines: readonly string[], error: unknown): void {
    const first = this.#lost === 0;
    const lost = lines.length - linesWithin(lines, this.#written);
    this.#lost += lost;
    if (!first) return;
    this.#report(`cannot write log file ${this.#path}: ${reason(error)}; going on`);
    this.#lost = lost; // The report came here as well, but others have shown it.
  }

  /**
   * Closes the file and opens its path again, and says whether that is done. Where it can't
   * be, the old one is kept, which is reported once.
   */
  reopen(): boolean {
    if (this.#file === undefined) return true;
    try {
      const file = open(this.#path);
      this.#file.close();
      this.#file = file;
    } catch (error) {
      this.#keepOld(error);
      return false;
    }
    this.#insideLine = false;
    if (this.#isOld) this.#report(`log file ${this.#path} is reopened`);
    this.#isOld = false;
    return true;
  }

  #keepOld(error: unknown): void {
    const said = this.#isOld;
    this.#isOld = true;
    if (said) return;
    this.#report(
      `cannot reopen log file ${this.#path}: ${reason(error)}; keeping the old one`,
    );
  }

  /** Closes the file; later lines are ignored. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #append(file: Deno.FsFile, bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0;) {
      const length = file.writeSync(rest);
      this.#written += length;
      rest = rest.subarray(length);
      this.#insideLine = bytes[bytes.length - rest.length - 1] !== NEWLINE[0];
    }
  }

  #reportLoss(): void {
    const lost = this.#lost;
    this.#lost = 0;
    const lines = lost === 1 ? "1 line was lost" : `${lost} lines were lost`;
    this.#report(`log file ${this.#path} is written again, ${lines}`);
  }
}

/** How many lines are whole within so many bytes. */
function linesWithin(lines: readonly string[], bytes: number): number {
  let end = 0;
  const whole = lines.findIndex((line) =>
    (end += encoder.encode(line).length + 1) > bytes
  );
  return whole < 0 ? lines.length : whole;
}

function whyNot(error: unknown): string {
  return isReadOnly(error) ? `${reason(error)} (${hintFor(error)})` : reason(error);
}

/** Who knocked where is nobody else's business, hence the mode. */
function open(path: string): Deno.FsFile {
  const link = foreignLink(path, Deno.uid());
  if (link !== undefined) throw new Error(link);
  // Opening a pipe would wait for whoever reads it.
  if (statOf(path)?.isFifo) throw new Error("it is a pipe, not a file");
  return Deno.openSync(path, { append: true, create: true, mode: 0o640 });
}
