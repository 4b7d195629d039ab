/** A client's secret, wrapped so that no log line, error or JSON shows it by accident. */

/** Secret bytes that print as `(secret)`. */
export class Secret {
  readonly #bytes: Uint8Array;

  /** Keeps a copy of `bytes` (sequence-v1 asks for 16 to 64 of them). */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes.slice();
  }

  /** The bytes themselves: for a derivation, a file of mode 0600, an enrolment URI. */
  reveal(): Uint8Array {
    return this.#bytes.slice();
  }

  /** What every log and error shows. */
  toString(): string {
    return "(secret)";
  }

  /** What JSON shows. */
  toJSON(): string {
    return this.toString();
  }

  /** What `console.log` shows, in Deno and in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
