/**
 * What the daemon says of the commands that it runs, where knockd 0.8 has a line for it in
 * the same words.
 */

import { Durations } from "./durations.ts";
import type { Logger } from "./log.ts";

export class CommandReport {
  readonly #logger: Logger;
  readonly #durations: Durations;

  constructor(logger: Logger, durations = new Durations()) {
    this.#logger = logger;
    this.#durations = durations;
  }

  /** A command has ended, however, after so many seconds. */
  took(door: string, seconds: number): void {
    this.#durations.took(door, seconds);
  }

  running(door: string, command: string): void {
    this.#logger.info("{door}: running command: {command}", {
      event: "command",
      door,
      command,
    });
  }

  output(door: string, line: string): void {
    this.#logger.info("{door}: output: {line}", { event: "output", door, line });
  }

  notStarted(door: string, why: string): void {
    this.#warn("{door}: cannot run command: {why}", { door, why });
  }

  failed(door: string, code: number): void {
    this.#warn("{door}: command returned non-zero status code ({code})", { door, code });
  }

  ended(door: string, signal: string): void {
    this.#warn("{door}: command ended by {signal}", { door, signal });
  }

  killed(door: string, seconds: number): void {
    this.#warn("{door}: command killed, it took longer than {timeout} seconds", {
      door,
      timeout: seconds,
    });
  }

  /** It was killed and is there still; what waits for it goes on waiting. */
  stuck(door: string, pid: number, isStop: boolean): void {
    const what = isStop ? "STILL OPEN: the stop command" : "the command";
    this.#logger.error(
      "{door}: {what} was killed and does not end; look what process {pid} waits for",
      { event: "command failed", door, what, pid },
    );
  }

  /** So many were not run in the last second. */
  refused(door: string, count: number): void {
    this.#logger.warn("{door}: {count} commands refused, too many are waiting already", {
      event: "command failed",
      door,
      count,
    });
  }

  #warn(message: string, properties: { door: string; [name: string]: unknown }): void {
    this.#durations.failed(properties.door);
    this.#logger.warn(message, { event: "command failed", ...properties });
  }
}
