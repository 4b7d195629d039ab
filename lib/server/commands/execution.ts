/** One command that runs: what it prints, how long it may take, and how it ended. */

import type { CommandReport } from "../log/command_report.ts";
import type { Child, Exit, System } from "../system.ts";
import type { Drain } from "./drain.ts";
import type { Job, Outcome } from "./job.ts";
import type { Leftovers } from "./leftovers.ts";
import { Output } from "./output.ts";

/** From asking a command to end to killing it, and from that to giving its place up. */
const KILL_DELAY_MS = 2000;

export interface ExecutionContext {
  readonly system: System;
  readonly report: CommandReport;
  readonly drain: Drain;
  readonly leftovers: Leftovers;
  /** Called when it does not end though it was killed. */
  readonly onStuck: () => void;
}

export class Execution {
  readonly #job: Job;
  readonly #child: Child;
  readonly #context: ExecutionContext;
  readonly #timeUp = Promise.withResolvers<undefined>();
  #cancelTimer = () => {};

  constructor(job: Job, child: Child, context: ExecutionContext) {
    this.#job = job;
    this.#child = child;
    this.#context = context;
  }

  /** Has it killed in so many seconds from now, unless that is so earlier anyway. */
  limit(seconds: number): void {
    const cancelEarlier = this.#cancelTimer;
    const cancel = this.#context.system.schedule(seconds * 1000, this.#cut);
    this.#cancelTimer = () => {
      cancelEarlier();
      cancel();
    };
  }

  /** Has it killed now. */
  readonly #cut = () => this.#timeUp.resolve(undefined);

  /** Settles when it has ended. */
  async outcome(): Promise<Outcome> {
    const { system, report, drain } = this.#context;
    const { door } = this.#job;
    const startedAt = system.monotonic();
    const say = (line: string) => report.output(door, line);
    const output = new Output(this.#child.output, say, system, drain);
    const exit = await Promise.race([this.#child.exit, this.#timeUp.promise]);
    this.#cancelTimer();
    if (exit === undefined) {
      report.killed(door, Math.round((system.monotonic() - startedAt) / 1000));
      await this.#kill();
    }
    report.took(door, (system.monotonic() - startedAt) / 1000);
    if (await output.end()) this.#context.leftovers.add(output);
    return this.#told(exit);
  }

  /** The process may end at once and leave others that need the delay to clean up. */
  async #kill(): Promise<void> {
    const { system, report, onStuck } = this.#context;
    const { door, kind } = this.#job;
    await this.#signal("SIGTERM");
    await new Promise<void>((resolve) => {
      system.schedule(KILL_DELAY_MS, resolve);
    });
    await this.#signal("SIGKILL");
    // One that runs as somebody else, or hangs in the kernel, does not end for that.
    const cancel = system.schedule(KILL_DELAY_MS, () => {
      report.stuck(door, this.#child.pid, kind === "stop");
      onStuck();
    });
    await this.#child.exit;
    cancel();
  }

  /** One that can't be signalled ends when it likes, and has its outcome then. */
  async #signal(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    try {
      await this.#child.kill(signal);
    } catch {
      // That it was to be killed is said already.
    }
  }

  #told(exit: Exit | undefined): Outcome {
    const { report } = this.#context;
    const { door } = this.#job;
    if (exit === undefined) return { kind: "timeout" };
    const { code, signal } = exit;
    if (signal !== undefined) {
      report.ended(door, signal);
      return { kind: "signal", signal };
    }
    if (code !== 0) report.failed(door, code);
    return { kind: "exit", code };
  }
}
