/**
 * What commands leave in the background may hold their output open. It is read as long as
 * that lives, because a closed pipe kills who prints into it, and a door that closes itself
 * in the background would stay open; but no more than so many of them, each of which takes
 * descriptors of ours.
 */

import type { Output } from "./output.ts";

/** Outputs that are read on; the oldest is closed when another one comes. */
const MOST = 64;

/** Outputs that outlived their commands. */
export class Leftovers {
  readonly #outputs = new Set<Output>();

  add(output: Output): void {
    this.#outputs.add(output);
    void output.closed.then(() => this.#outputs.delete(output));
    const [oldest] = this.#outputs;
    if (this.#outputs.size > MOST) this.#close(oldest!);
  }

  /** Gives all descriptors back; whether there were any. */
  clear(): boolean {
    const any = this.#outputs.size > 0;
    for (const output of this.#outputs) this.#close(output);
    return any;
  }

  #close(output: Output): void {
    this.#outputs.delete(output);
    output.close();
  }
}
