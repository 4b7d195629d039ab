/**
 * Interfaces that are opened while a daemon still gets ready: the kernel takes as long for a
 * ring as the rest of a start takes from the config on.
 */

import type { PacketSource } from "./network.ts";

/** Opens an interface beside other work, so many bytes of each packet being kept. */
export type OpenMeanwhile = (name: string, snapLength: number) => Promise<PacketSource>;

export class EarlySources {
  /** Settles once all that can be opened are. */
  readonly ready: Promise<void>;
  readonly #sources = new Map<string, PacketSource>();
  readonly #snapLength: number;
  #closed = false;

  constructor(names: readonly string[], snapLength: number, open: OpenMeanwhile) {
    this.#snapLength = snapLength;
    this.ready = Promise.all(names.map((name) => this.#open(name, open))).then(() => {});
  }

  /** Hands one over, if it is open and keeps so much of each packet. */
  take(name: string, snapLength: number): PacketSource | undefined {
    if (snapLength !== this.#snapLength) return undefined;
    const source = this.#sources.get(name);
    this.#sources.delete(name);
    return source;
  }

  /** Gives back what nobody took. */
  close(): void {
    this.#closed = true;
    for (const source of this.#sources.values()) source.close();
    this.#sources.clear();
  }

  async #open(name: string, open: OpenMeanwhile): Promise<void> {
    try {
      const source = await open(name, this.#snapLength);
      if (this.#closed) source.close();
      else this.#sources.set(name, source);
    } catch {
      // It is opened again when it is asked for, and then says why not.
    }
  }
}
