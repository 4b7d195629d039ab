/** Standard output or error, whose reader may stand still. */
import { TAKEN_AT_ONCE } from "../../../ffi/takes_bytes.ts";
import type { System } from "../system.ts";
import { Backlog, lossWords, type Taker } from "./backlog.ts";

/** What is written to. */
interface Output {
  writeSync(bytes: Uint8Array): number;
}

/** Writes what can be written at once, and keeps the rest. */
export class UnreadOutput implements Taker<Uint8Array> {
  readonly #output: Output;
  readonly #isReady: () => boolean;
  readonly #backlog: Backlog<Uint8Array>;

  /** Writes to this whenever `isReady` says that a short write would not wait. */
  constructor(output: Output, isReady: () => boolean, system: Pick<System, "schedule">) {
    this.#output = output;
    this.#isReady = isReady;
    this.#backlog = new Backlog(this, system);
  }

  /** Writes a line, now or later; throws what the output throws. */
  writeSync(line: Uint8Array): number {
    this.#backlog.add(line);
    return line.length;
  }

  /** Writes what can be, and gives up the rest. */
  close(): void {
    this.#backlog.close();
  }

  take(bytes: Uint8Array): Uint8Array | undefined {
    let rest = bytes;
    while (rest.length > 0) {
      if (!this.#isReady()) return rest;
      rest = rest.subarray(this.#output.writeSync(rest.subarray(0, TAKEN_AT_ONCE)));
    }
    return undefined;
  }

  loss(count: number): Uint8Array {
    return new TextEncoder().encode(`${lossWords(count)}\n`);
  }
}
