/**
 * What a command prints, up to a limit. The rest is read and thrown away, slowly, so that
 * neither a flood nor a full pipe stops anything.
 */

import { plural } from "../../core/plural.ts";
import type { System } from "../system.ts";

/** Bytes of a command's output that are logged. */
const BYTES_LOGGED = 4096;

/** Lines of a command's output that are logged. */
const LINES_LOGGED = 20;

/** Bytes that are read at once; a hundred commands have two buffers of this size each. */
const READ_BYTES = 4096;

/** Between two reads of what is thrown away: 200 kB a second. */
const PAUSE_MS = 20;

/** How long output is still awaited once the command has ended. */
const GRACE_MS = 100;

export class Output {
  readonly #system: System;
  readonly #say: (line: string) => void;
  readonly #readers: readonly ReadableStreamBYOBReader[];
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
    this.#readers = streams.map((stream) => stream.getReader({ mode: "byob" }));
    this.#read = Promise.all(this.#readers.map((reader) => this.#readAll(reader)));
  }

  /** Settles when nobody can print any more. */
  get closed(): Promise<unknown> {
    return this.#read;
  }

  /** Reads no more; who goes on printing ends for it. */
  close(): void {
    for (const reader of this.#readers) reader.cancel().catch(() => {});
  }

  /**
   * To be called when the command has ended: settles when everything is read, or soon.
   * Gives whether the command left something in the background that may go on printing.
   */
  async end(): Promise<boolean> {
    const grace = Promise.withResolvers<boolean>();
    const cancel = this.#system.schedule(GRACE_MS, () => grace.resolve(true));
    const left = await Promise.race([this.#read.then(() => false), grace.promise]);
    cancel();
    this.#ended = true;
    if (this.#dropped > 0) this.#say(`… ${plural(this.#dropped, "more byte")}`);
    return left;
  }

  async #readAll(reader: ReadableStreamBYOBReader): Promise<void> {
    const decoder = new TextDecoder();
    let unfinished = "";
    let buffer = new Uint8Array(READ_BYTES);
    try {
      for (;;) {
        const { value: chunk, done } = await reader.read(buffer);
        if (done) break;
        const taken = this.#take(chunk);
        const lines = (unfinished + decoder.decode(taken, { stream: true })).split("\n");
        unfinished = lines.pop() ?? "";
        for (const line of lines) this.#sayLine(line);
        if (taken.length < chunk.length) await this.#pause();
        buffer = new Uint8Array(chunk.buffer);
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
