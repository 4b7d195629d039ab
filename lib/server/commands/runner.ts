/**
 * Runs the doors' commands: at once, many at a time, none in the way of another door's.
 */

import { reason } from "../../files/reason.ts";
import type { CommandReport } from "../log/command_report.ts";
import { LineLimit } from "../log/line_limit.ts";
import type { Child, System } from "../system.ts";
import { Drain } from "./drain.ts";
import { Execution } from "./execution.ts";
import type { Job, Outcome } from "./job.ts";
import type { PlaceLimits } from "./command_places.ts";
import { Leftovers } from "./leftovers.ts";
import { Queue, type Waiting } from "./queue.ts";
import { StartPace } from "./start_pace.ts";
import type { Turn } from "./turns.ts";

export type { Job, Outcome } from "./job.ts";
export type { Turn } from "./turns.ts";

export interface RunnerOptions {
  readonly system: System;
  readonly report: CommandReport;
  /** What commands inherit. */
  readonly env: Readonly<Record<string, string>>;
  /** Start and plain commands that run at once. */
  readonly starts?: PlaceLimits;
  /** Stop commands that run at once. */
  readonly stops?: PlaceLimits;
}

/**
 * Plain commands of a door that wait; who knocks beyond has to knock again. Start
 * commands have no such limit: each has its lease, and of those there are only so many.
 */
const LONGEST_QUEUE = 1024;

/** Seconds after which a stop command that may run for ever loses its place. */
const STOP_PLACE_S = 30;

/** When the daemon ends: how long a command may take then, and all of them together. */
const LAST_TIMEOUT_S = 10;
const LAST_MS = 75_000;
/** From then on: by now what was cut short has been killed, and ended if it ever does. */
const KILLED_MS = 4200;

interface Entry {
  readonly job: Job;
  readonly settle: (outcome: Outcome) => void;
  waiting?: Waiting;
}

export class Runner {
  readonly #options: RunnerOptions;
  readonly #queue: Queue;
  readonly #entries = new Set<Entry>();
  readonly #plain = new Map<string, number>();
  /** What runs, and what tells that it has ended. */
  readonly #running = new Map<Execution, Entry["settle"]>();
  /** What nobody knows yet: commands that run or wait. */
  readonly #pending = new Set<Promise<Outcome>>();
  readonly #leftovers = new Leftovers();
  readonly #drain: Drain;
  readonly #refused: LineLimit;
  readonly #pace: StartPace;
  #haste: "none" | "hurry" | "over" = "none";
  #cancelHurry = () => {};

  constructor(options: RunnerOptions) {
    const { system, report, starts, stops } = options;
    this.#options = options;
    this.#queue = new Queue(system, starts, stops);
    this.#drain = new Drain(system);
    this.#pace = new StartPace(system);
    const refused = (door: string, count: number) => report.refused(door, count);
    this.#refused = new LineLimit(system, refused, { lines: 0 });
  }

  /**
   * The next turn of an address among the commands that its knocks ask for: for a stop
   * command that a knock asks for and that can't run yet. It has to be used or ended.
   */
  turn(ip: string, door: string): Turn {
    return this.#queue.take(ip, door);
  }

  /** Runs a command; where nothing is in its way, it has started when this returns. */
  run(job: Job): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#pending.add(promise);
    const settle = (outcome: Outcome) => {
      this.#pending.delete(promise);
      resolve(outcome);
    };
    if (this.#comesTooLate(job)) {
      settle({ kind: "cancelled" });
    } else if (job.kind === "plain" && this.#waitingOf(job.door) >= LONGEST_QUEUE) {
      this.#refused.admits(job.door);
      settle({ kind: "refused" });
    } else this.#enter({ job, settle });
    return promise;
  }

  /**
   * The daemon ends, and its supervisor waits for 90 seconds by default: start commands
   * that wait are forgotten, what runs gets 10 seconds, and after 75 all is cut short.
   */
  hurry(): void {
    if (this.#haste !== "none") return;
    this.#haste = "hurry";
    this.#cancel(({ job }) => job.kind !== "stop");
    this.#limit(LAST_TIMEOUT_S);
    this.#cancelHurry = this.#options.system.schedule(LAST_MS, () => {
      this.#haste = "over";
      this.#cancel(() => true);
      this.#limit(0);
      this.#cancelHurry = this.#options.system.schedule(KILLED_MS, () => {
        for (const settle of this.#running.values()) settle({ kind: "timeout" });
      });
    });
  }

  /** Waits until nothing runs and nothing waits. */
  async drain(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    this.#cancelHurry();
    this.#refused.flush();
  }

  #limit(seconds: number): void {
    for (const execution of this.#running.keys()) execution.limit(seconds);
  }

  #cancel(chosen: (entry: Entry) => boolean): void {
    for (const entry of [...this.#entries].filter(chosen)) {
      this.#forget(entry);
      entry.waiting?.cancel();
      entry.settle({ kind: "cancelled" });
    }
  }

  #waitingOf(door: string): number {
    return this.#plain.get(door) ?? 0;
  }

  #enter(entry: Entry): void {
    const { door, kind } = entry.job;
    this.#entries.add(entry);
    if (kind === "plain") this.#plain.set(door, this.#waitingOf(door) + 1);
    entry.waiting = this.#queue.enter(entry.job, (leave) => {
      this.#forget(entry);
      this.#pace.add(() => this.#start(entry, leave));
    });
  }

  #forget(entry: Entry): void {
    const { door, kind } = entry.job;
    if (!this.#entries.delete(entry) || kind !== "plain") return;
    const left = this.#waitingOf(door) - 1;
    if (left > 0) this.#plain.set(door, left);
    else this.#plain.delete(door);
  }

  #comesTooLate({ kind }: Job): boolean {
    return this.#haste === "over" || this.#haste === "hurry" && kind !== "stop";
  }

  #start({ job, settle }: Entry, leave: () => void): void {
    // Cancelling one gives its turn to the next, which is to be cancelled, too.
    if (this.#comesTooLate(job)) {
      leave();
      return settle({ kind: "cancelled" });
    }
    const { system, report } = this.#options;
    let child: Child;
    try {
      child = this.#spawn(job);
    } catch (error) {
      report.notStarted(job.door, whyNotStarted(job.argv[0] ?? "", error));
      leave();
      return settle({ kind: "not started" });
    }
    report.running(job.door, job.shown);
    const execution = new Execution(job, child, {
      system,
      report,
      drain: this.#drain,
      leftovers: this.#leftovers,
      onStuck: leave,
    });
    this.#limitTime(execution, job);
    const cancel = this.#limitPlace(job, leave);
    this.#running.set(execution, settle);
    execution.outcome().then((outcome) => {
      cancel();
      this.#running.delete(execution);
      settle(outcome);
      leave();
    });
  }

  /** What is short of descriptors gets those that are read for nobody. */
  #spawn({ argv, env, mark }: Job): Child {
    const { system, env: inherited } = this.#options;
    const spawn = () => system.spawn(argv, { ...inherited, ...env }, mark);
    try {
      return spawn();
    } catch (error) {
      if (!isPassing(error) || !this.#leftovers.clear()) throw error;
      return spawn();
    }
  }

  #limitTime(execution: Execution, { timeout }: Job): void {
    if (timeout > 0) execution.limit(timeout);
    if (this.#haste === "hurry") execution.limit(LAST_TIMEOUT_S);
  }

  /** What closes must not wait for a stop command that hangs. */
  #limitPlace({ kind, timeout }: Job, leave: () => void): () => void {
    if (kind !== "stop") return () => {};
    const seconds = timeout > 0 ? timeout : STOP_PLACE_S;
    return this.#options.system.schedule(seconds * 1000, leave);
  }
}

/** No process, no memory, no descriptor here, none in the whole system. */
const PASSING: readonly unknown[] = ["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"];

/** Whether it is for want of something that comes back. */
function isPassing(error: unknown): boolean {
  return error instanceof Error && PASSING.includes((error as { code?: unknown }).code);
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
