/**
 * Standard output whose reader may stand still: a pager, a terminal that is held, a log
 * collector that hangs. Lines wait in memory then, and no door waits for them.
 */
import { TAKEN_AT_ONCE } from "../../../ffi/takes_bytes.ts";
import type { System } from "../system.ts";

/** Lines that wait at most; those beyond are counted. */
const MOST = 1000;

/** When it is tried again without a line that comes. */
const RETRY_MS = 1000;

/** What is written to. */
interface Output {
  writeSync(bytes: Uint8Array): number;
}

/** Writes what can be written at once, and keeps the rest. */
export class UnreadOutput {
  readonly #output: Output;
  readonly #isReady: () => boolean;
  readonly #system: Pick<System, "schedule">;
  #waiting: Uint8Array[] = [];
  #lost = 0;
  #cancel: (() => void) | undefined;
  #closed = false;

  /** Writes to this whenever `isReady` says that a short write would not wait. */
  constructor(
    output: Output,
    isReady: () => boolean,
    system: Pick<System, "schedule">,
  ) {
    this.#output = output;
    this.#isReady = isReady;
    this.#system = system;
  }

  /** Writes a line, now or later; throws what the output throws. */
  writeSync(line: Uint8Array): number {
    if (this.#waiting.length < MOST) this.#waiting.push(line);
    else this.#lost++;
    this.#write();
    return line.length;
  }

  /** Writes what can be, and gives up the rest. */
  close(): void {
    this.#closed = true;
    this.#tryAgain();
    this.#cancel?.();
  }

  #write(): void {
    try {
      while (this.#waiting.length > 0) {
        const rest = this.#put(this.#waiting[0]!);
        if (rest.length > 0) {
          this.#waiting[0] = rest;
          return this.#wait();
        }
        this.#waiting.shift();
        if (this.#waiting.length === 0) this.#tellLoss();
      }
    } catch (error) {
      this.#waiting = [];
      this.#lost = 0;
      throw error;
    }
  }

  /** What could not be written of it. */
  #put(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    while (rest.length > 0 && this.#isReady()) {
      rest = rest.subarray(this.#output.writeSync(rest.subarray(0, TAKEN_AT_ONCE)));
    }
    return rest;
  }

  #tellLoss(): void {
    if (this.#lost === 0) return;
    const line = `${this.#lost} lines were lost here: nobody read them in time\n`;
    this.#lost = 0;
    this.#waiting.push(new TextEncoder().encode(line));
  }

  #wait(): void {
    if (this.#closed) return;
    this.#cancel ??= this.#system.schedule(RETRY_MS, () => {
      this.#cancel = undefined;
      this.#tryAgain();
    });
  }

  #tryAgain(): void {
    try {
      this.#write();
    } catch {
      // Nobody reads it any more.
    }
  }
}
