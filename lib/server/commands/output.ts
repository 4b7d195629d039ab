/**
 * What a command prints, up to a limit. The rest is read and thrown away, in turn with what
 * others print, so that neither a flood nor a full pipe stops anything.
 */

import { plural } from "../../core/plural.ts";
import type { System } from "../system.ts";
import { type Drain, DRAIN_BYTES } from "./drain.ts";

/** Bytes of a command's output that are logged. */
const BYTES_LOGGED = 4096;

/** Lines of a command's output that are logged. */
const LINES_LOGGED = 20;

/** How long output is still awaited once the command has ended. */
const GRACE_MS = 100;

export class Output {
  readonly #system: System;
  readonly #drain: Drain;
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
    drain: Drain,
  ) {
    this.#system = system;
    this.#drain = drain;
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
    try {
      if (!await this.#log(reader)) await this.#throwAway(reader);
    } catch {
      // A pipe that breaks has nothing more to tell; the exit code has.
    }
  }

  /** Says lines until nothing more may be logged; gives whether it ended before. */
  async #log(reader: ReadableStreamBYOBReader): Promise<boolean> {
    const decoder = new TextDecoder();
    let unfinished = "";
    let read = await reader.read(new Uint8Array(BYTES_LOGGED));
    while (!read.done) {
      const taken = this.#take(read.value);
      const lines = (unfinished + decoder.decode(taken, { stream: true })).split("\n");
      unfinished = lines.pop() ?? "";
      for (const line of lines) this.#sayLine(line);
      if (this.#bytesLeft === 0 || this.#linesLeft === 0) break;
      read = await reader.read(new Uint8Array(read.value.buffer));
    }
    if (unfinished !== "") this.#sayLine(unfinished);
    return read.done;
  }

  async #throwAway(reader: ReadableStreamBYOBReader): Promise<void> {
    let read = await reader.read(new Uint8Array(DRAIN_BYTES));
    while (!read.done) {
      this.#dropped += read.value.length;
      await this.#drain.turn();
      read = await reader.read(new Uint8Array(read.value.buffer));
    }
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
}
