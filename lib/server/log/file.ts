/**
 * A log file that survives a full disk and logrotate. Every line is one write: a flood
 * of them is stopped before (rate_limit.ts), and nothing is pending in a crash.
 *
 * @module
 */
import { Failure } from "../../core/failure.ts";
import { reason } from "../../files/reason.ts";
import { foreignLink } from "../../files/trust.ts";

const encoder = new TextEncoder();
const NEWLINE = encoder.encode("\n");

/** A file that lines are appended to. */
export class LogFile {
  readonly #path: string;
  readonly #report: (message: string) => void;
  #file: Deno.FsFile | undefined;
  #lost = 0;
  #insideLine = false;

  /** Opens the file; throws a Failure when that can't be. Trouble later is reported. */
  constructor(path: string, report: (message: string) => void) {
    this.#path = path;
    this.#report = report;
    try {
      this.#file = open(path);
    } catch (error) {
      throw new Failure(
        `cannot open log file ${path}: ${reason(error)}`,
        "make its directory, or choose another one with log_file",
        { cause: error },
      );
    }
  }

  /** Appends a line. One that can't be written is counted, and the loss reported. */
  write(line: string): void {
    if (this.#file === undefined) return;
    try {
      if (this.#insideLine) this.#append(this.#file, NEWLINE);
      this.#append(this.#file, encoder.encode(`${line}\n`));
    } catch (error) {
      this.#lost++;
      if (this.#lost === 1) {
        this.#report(`cannot write log file ${this.#path}: ${reason(error)}; going on`);
        this.#lost = 1; // The report came here as well, but others have shown it.
      }
      return;
    }
    if (this.#lost > 0) this.#reportLoss();
  }

  /** Closes the file and opens its path again. Keeps the old one when that can't be. */
  reopen(): void {
    try {
      const file = open(this.#path);
      this.#file?.close();
      this.#file = file;
      this.#insideLine = false;
    } catch (error) {
      this.#report(
        `cannot reopen log file ${this.#path}: ${reason(error)}; keeping the old one`,
      );
    }
  }

  /** Closes the file; later lines are ignored. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #append(file: Deno.FsFile, bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(file.writeSync(rest));
      this.#insideLine = rest.length > 0;
    }
  }

  #reportLoss(): void {
    const lost = this.#lost;
    this.#lost = 0;
    this.#report(`log file ${this.#path} is written again, ${lost} lines were lost`);
  }
}

/** Who knocked where is nobody else's business, hence the mode. */
function open(path: string): Deno.FsFile {
  const link = foreignLink(path, Deno.uid());
  if (link !== undefined) throw new Error(link);
  // Opening a pipe would wait for who reads it.
  if (isPipe(path)) throw new Error("it is a pipe, not a file");
  return Deno.openSync(path, { append: true, create: true, mode: 0o640 });
}

function isPipe(path: string): boolean {
  try {
    return Deno.statSync(path).isFifo === true;
  } catch {
    // It is made, or what is wrong is said by opening it.
    return false;
  }
}
