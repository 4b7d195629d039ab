/**
 * Runs the doors' commands: at once, many at a time, none for ever.
 *
 * @module
 */
import type { Logger } from "../log/log.ts";
import { Output } from "./output.ts";
import { reason } from "../../files/reason.ts";
import type { Child, System } from "../system.ts";

/** A command to run. */
export interface Job {
  /** The door that it belongs to. */
  readonly door: string;
  /** Whether it opens or closes the door. Closing is never refused nor cancelled. */
  readonly kind: "start" | "stop";
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** The command as the log shows it. */
  readonly shown: string;
  /** Added to the environment: KNOCK_IP and its fellows. */
  readonly env: Readonly<Record<string, string>>;
  /** Seconds after which it is killed; 0 for never. */
  readonly timeout: number;
  /** What its processes are known by, so that a later daemon can end them. */
  readonly mark?: string;
}

/** What became of a command. */
export type Outcome =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "not started"; readonly reason: string }
  | { readonly kind: "refused" }
  | { readonly kind: "cancelled" };

/** What a runner needs. */
export interface RunnerOptions {
  readonly system: System;
  readonly logger: Logger;
  /** What commands inherit. */
  readonly env: Readonly<Record<string, string>>;
  /** Commands that run at once. */
  readonly concurrency?: number;
}

/**
 * Commands that run at once: a firewall's tools wait for one another's lock, so more only
 * wait longer, and a flood of knocks must not become a flood of processes.
 */
const CONCURRENCY = 32;

/** Start commands that wait; who knocks beyond has to knock again. */
const LONGEST_QUEUE = 4096;

/** When the daemon ends: how long a command may take then, and all of them together. */
const LAST_TIMEOUT = 10;
const LAST_MS = 75_000;

/** From asking a command to end to killing it. */
const KILL_DELAY_MS = 2000;

interface Waiting {
  readonly job: Job;
  readonly settle: (outcome: Outcome) => void;
}

/** Runs commands. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #concurrency: number;
  readonly #running = new Set<Promise<void>>();
  /** Ends of the time that the commands that run have. */
  readonly #timeUps = new Set<() => void>();
  /** Closing goes before opening. */
  readonly #stops: Waiting[] = [];
  readonly #starts: Waiting[] = [];
  #pace: "normal" | "hurry" | "over" = "normal";
  #cancelHurry = () => {};

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? CONCURRENCY;
  }

  /** Commands that run or wait. */
  get pending(): number {
    return this.#running.size + this.#stops.length + this.#starts.length;
  }

  /** Runs a command; where there is room for it, it has started when this returns. */
  run(job: Job): Promise<Outcome> {
    const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
    if (this.#pace === "over") settle({ kind: "cancelled" });
    else if (this.#running.size < this.#concurrency) this.#start({ job, settle });
    else if (job.kind === "stop") this.#stops.push({ job, settle });
    else if (this.#starts.length < LONGEST_QUEUE) this.#starts.push({ job, settle });
    else {
      this.#warn(
        job,
        "{door}: command refused, {waiting} are waiting already: {command}",
        { waiting: this.#starts.length, command: job.shown },
      );
      settle({ kind: "refused" });
    }
    return promise;
  }

  /**
   * The daemon ends, and its supervisor waits for 90 seconds by default: start commands
   * that wait are forgotten, what runs gets 10 seconds, and after 75 all is cut short.
   */
  hurry(): void {
    if (this.#pace !== "normal") return;
    this.#pace = "hurry";
    this.#cancel(this.#starts);
    const { system } = this.#options;
    const cutShort = this.#timeUps.values().toArray();
    const cancels = [
      system.schedule(LAST_TIMEOUT * 1000, () => cutShort.forEach((cut) => cut())),
      system.schedule(LAST_MS, () => this.#giveUp()),
    ];
    this.#cancelHurry = () => cancels.forEach((cancel) => cancel());
  }

  /** Waits until nothing runs and nothing waits. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
    this.#cancelHurry();
  }

  #giveUp(): void {
    this.#pace = "over";
    this.#cancel(this.#stops);
    for (const cut of this.#timeUps) cut();
  }

  #cancel(waiting: Waiting[]): void {
    for (const { settle } of waiting.splice(0)) settle({ kind: "cancelled" });
  }

  #start({ job, settle }: Waiting): void {
    const { system, logger, env } = this.#options;
    let child: Child;
    try {
      child = system.spawn(job.argv, { ...env, ...job.env }, job.mark);
    } catch (error) {
      const why = whyNotStarted(job.argv[0] ?? "", error);
      this.#warn(job, "{door}: cannot run command: {why}", { why });
      return settle({ kind: "not started", reason: why });
    }
    logger.info("{door}: running command: {command}", {
      event: "command",
      door: job.door,
      command: job.shown,
    });
    const running = this.#supervise(job, child).then((outcome) => {
      this.#running.delete(running);
      settle(outcome);
      this.#startNext();
    });
    this.#running.add(running);
  }

  #startNext(): void {
    while (this.#running.size < this.#concurrency) {
      const next = this.#stops.shift() ?? this.#starts.shift();
      if (next === undefined) return;
      this.#start(next);
    }
  }

  async #supervise(job: Job, child: Child): Promise<Outcome> {
    const { system, logger } = this.#options;
    const output = new Output(child.output, (line) => {
      logger.info("{door}: output: {line}", { event: "output", door: job.door, line });
    }, system);
    const timeUp = Promise.withResolvers<undefined>();
    const cut = () => timeUp.resolve(undefined);
    const timeout = job.timeout === 0 ? Infinity : job.timeout;
    const most = this.#pace === "hurry" ? Math.min(timeout, LAST_TIMEOUT) : timeout;
    const startedAt = system.monotonic();
    const cancel = system.schedule(most * 1000, cut);
    this.#timeUps.add(cut);
    const exit = await Promise.race([child.exit, timeUp.promise]);
    cancel();
    this.#timeUps.delete(cut);
    if (exit === undefined) {
      const timeout = Math.round((system.monotonic() - startedAt) / 1000);
      this.#warn(job, "{door}: command killed, it took longer than {timeout} seconds", {
        timeout,
      });
      await this.#kill(child);
    }
    await output.end();
    if (exit === undefined) return { kind: "timeout" };
    if (exit.signal !== undefined) {
      this.#warn(job, "{door}: command ended by {signal}", { signal: exit.signal });
      return { kind: "signal", signal: exit.signal };
    }
    if (exit.code !== 0) {
      this.#warn(job, "{door}: command returned non-zero status code ({code})", {
        code: exit.code,
      });
    }
    return { kind: "exit", code: exit.code };
  }

  /** The process may end at once and leave others that need the delay to clean up. */
  async #kill(child: Child): Promise<void> {
    await child.kill("SIGTERM");
    await new Promise<void>((resolve) => {
      this.#options.system.schedule(KILL_DELAY_MS, resolve);
    });
    await child.kill("SIGKILL");
    await child.exit;
  }

  #warn(job: Job, message: string, properties: Record<string, unknown>): void {
    this.#options.logger.warn(message, {
      event: "command failed",
      door: job.door,
      ...properties,
    });
  }
}

function whyNotStarted(program: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) {
    return `${program} does not exist, or its interpreter does not`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${program} is not executable`;
  }
  return `${program}: ${reason(error)}`;
}
