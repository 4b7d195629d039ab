/**
 * What a command prints, up to a limit. The rest is read and thrown away, slowly, so that
 * neither a flood nor a full pipe stops anything.
 *
 * @module
 */
import type { System } from "../system.ts";

/** Bytes of a command's output that are logged. */
const BYTES_LOGGED = 4096;

/** Lines of a command's output that are logged. */
const LINES_LOGGED = 20;

/** Between two reads of what is thrown away: 64 KiB each, so 3 MB a second. */
const PAUSE_MS = 20;

/** How long output is still awaited once the command has ended. */
const GRACE_MS = 100;

/** The output of one command. */
export class Output {
  readonly #system: System;
  readonly #say: (line: string) => void;
  readonly #read: Promise<unknown>;
  #bytesLeft = BYTES_LOGGED;
  #linesLeft = LINES_LOGGED;
  #dropped = 0;
  #ended = false;

  /** Starts to read; lines are said as they come. */
  constructor(
    streams: readonly ReadableStream<Uint8Array>[],
    say: (line: string) => void,
    system: System,
  ) {
    this.#system = system;
    this.#say = say;
    this.#read = Promise.all(streams.map((stream) => this.#readAll(stream)));
  }

  /**
   * To be called when the command has ended: settles when everything is read, or soon.
   * What the command left in the background may go on printing: it is read as long as
   * that lives, because closing the pipe would kill it.
   */
  async end(): Promise<void> {
    const grace = Promise.withResolvers<void>();
    const cancel = this.#system.schedule(GRACE_MS, grace.resolve);
    await Promise.race([this.#read, grace.promise]);
    cancel();
    this.#ended = true;
    if (this.#dropped > 0) this.#say(`… ${this.#dropped} more bytes`);
  }

  async #readAll(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let unfinished = "";
    try {
      for await (const chunk of stream) {
        const taken = this.#take(chunk);
        const lines = (unfinished + decoder.decode(taken, { stream: true })).split("\n");
        unfinished = lines.pop() ?? "";
        for (const line of lines) this.#sayLine(line);
        if (taken.length < chunk.length) await this.#pause();
      }
    } catch {
      // A pipe that breaks has nothing more to tell; the exit code has.
    }
    if (unfinished !== "") this.#sayLine(unfinished);
  }

  /** As much of a chunk as may still be logged. */
  #take(chunk: Uint8Array): Uint8Array {
    const taken = this.#linesLeft > 0
      ? chunk.subarray(0, this.#bytesLeft)
      : new Uint8Array();
    this.#bytesLeft -= taken.length;
    this.#dropped += chunk.length - taken.length;
    return taken;
  }

  #sayLine(line: string): void {
    if (this.#ended) return;
    if (this.#linesLeft > 0) {
      this.#linesLeft--;
      this.#say(line);
    } else this.#dropped += line.length + 1;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#system.schedule(PAUSE_MS, resolve));
  }
}
