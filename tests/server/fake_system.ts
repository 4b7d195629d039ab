/**
 * A world in memory: its time passes when the test says so, its processes do what the
 * test makes them do.
 *
 * @module
 */
import type { Child, Exit, System } from "../../lib/server/system.ts";

/** A process that was started, in the hands of the test. */
export class FakeProcess implements Child {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it is known by. */
  readonly mark: string | undefined;
  /** When it was started, on the monotonic clock. */
  readonly startedAt: number;
  /** Signals it got. */
  readonly signals: string[] = [];
  readonly output: readonly ReadableStream<Uint8Array>[];
  readonly exit: Promise<Exit>;
  readonly #exited = Promise.withResolvers<Exit>();
  #writer: ReadableByteStreamController | undefined;
  /** Whether nobody reads its output any more. */
  outputClosed = false;

  constructor(
    pid: number,
    argv: readonly string[],
    env: Record<string, string>,
    at: number,
    mark?: string,
  ) {
    this.pid = pid;
    this.argv = argv;
    this.env = env;
    this.startedAt = at;
    this.mark = mark;
    this.output = [
      new ReadableStream({
        type: "bytes",
        start: (writer) => void (this.#writer = writer),
        cancel: () => void (this.outputClosed = true),
      }),
    ];
    this.exit = this.#exited.promise;
  }

  /** Writes to its output. */
  print(text: string): void {
    this.#writer?.enqueue(new TextEncoder().encode(text));
  }

  /** Ends it; its output stays open if something in the background holds it. */
  end(exit: Exit | number = 0, output: "closes" | "stays open" = "closes"): void {
    if (output === "closes") {
      this.#writer?.close();
      this.#writer?.byobRequest?.respond(0);
    }
    this.#exited.resolve(typeof exit === "number" ? { code: exit } : exit);
  }

  kill(signal: string): Promise<void> {
    this.signals.push(signal);
    return Promise.resolve();
  }
}

/** A world in memory. */
export class FakeSystem implements System {
  /** Every process that was started, in order. */
  readonly processes: FakeProcess[] = [];
  /** What was to be ended by its mark. */
  readonly endedMarks: string[] = [];
  /** Set it to make spawn fail; it gets the program's name. */
  refuse: (program: string) => Error | undefined = () => undefined;
  #wall = Date.UTC(2026, 10, 22, 8);
  #monotonic = 1000;
  #timers: { due: number; run: () => void }[] = [];

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const timer = { due: this.#monotonic + Math.max(0, delayMs), run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  spawn(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    mark?: string,
  ): FakeProcess {
    const error = this.refuse(argv[0] ?? "");
    if (error !== undefined) throw error;
    const pid = 100 + this.processes.length;
    const process = new FakeProcess(pid, argv, env, this.#monotonic, mark);
    this.processes.push(process);
    return process;
  }

  endMarked(marks: readonly string[]): Promise<void> {
    this.endedMarks.push(...marks);
    return Promise.resolve();
  }

  /** Timers that wait. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Sets the wall clock alone, as an administrator or NTP does. */
  setWallClock(ms: number): void {
    this.#wall = ms;
  }

  /**
   * Lets time pass: what is due runs in its order, at its time, and what it awaited
   * before the next one.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#nextTimer(end); next; next = this.#nextTimer(end)) {
      this.#passUntil(next.due);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.run();
      await settle();
    }
    this.#passUntil(end);
    await settle();
  }

  #nextTimer(end: number) {
    const due = this.#timers.filter((timer) => timer.due <= end);
    return due.sort((a, b) => a.due - b.due)[0];
  }

  #passUntil(monotonic: number): void {
    const passed = Math.max(0, monotonic - this.#monotonic);
    this.#monotonic += passed;
    this.#wall += passed;
  }
}

/** Lets everything run that is ready to: promises, then streams. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
