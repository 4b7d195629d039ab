/** Runs programs for tests and the demo: bounded in time, ended by pid, never left over. */

/** How long something is waited for that a quiet machine does at once. */
export const PATIENCE_MS = 20_000;

/** What a program that has ended left behind. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to start a program. */
export interface SpawnOptions {
  /** Added to the environment; `undefined` takes a variable away. */
  readonly env?: Record<string, string | undefined>;
  /** Written to standard input, which is empty otherwise. */
  readonly stdin?: string;
  readonly cwd?: string;
}

/** How to run a program to its end. */
export interface RunOptions extends SpawnOptions {
  /** Milliseconds until it is killed and the run fails; default a minute. */
  readonly timeout?: number;
  /** Fail when the exit code is not 0; default true. */
  readonly check?: boolean;
}

/** Resolves once the condition holds, asked every 10 ms; throws after the timeout. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  timeout = PATIENCE_MS,
  what: string | (() => string) = "the condition",
): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!await condition()) {
    if (performance.now() > deadline) {
      const subject = typeof what === "string" ? what : what();
      throw new Error(`not within ${timeout} ms: ${subject}`);
    }
    await sleep(10);
  }
}

/**
 * Does something until it has been seen, anew after some seconds: for what a program that
 * has just been started may miss.
 */
export async function repeatUntil(
  seen: () => boolean | Promise<boolean>,
  act: () => Promise<unknown>,
): Promise<void> {
  for (let tries = 1;; tries++) {
    await act();
    try {
      return await waitFor(seen, 10_000, `seen after ${tries} tries`);
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** Waits; for tests that watch real programs, where time cannot be an argument. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A running program whose output is collected. */
export class Process implements AsyncDisposable {
  /** Whole lines of both streams, in order of arrival. */
  readonly lines: string[] = [];
  /** Everything written to standard output so far. */
  stdout = "";
  /** Everything written to standard error so far. */
  stderr = "";
  readonly pid: number;
  /** The exit code, once it has ended; 128 + signal when a signal ended it. */
  readonly exited: Promise<number>;
  readonly #child: Deno.ChildProcess;
  readonly #name: string;
  readonly #drained: Promise<unknown>;
  #code: number | undefined;
  #heard = Promise.withResolvers<void>();

  constructor(argv: readonly string[], options: SpawnOptions = {}) {
    const [program, ...args] = argv;
    if (program === undefined) throw new Error("no program to run");
    const env = { ...Deno.env.toObject(), NO_COLOR: "1", ...options.env };
    const present = Object.entries(env).filter(([, value]) => value !== undefined);
    this.#name = argv.join(" ");
    this.#child = new Deno.Command(program, {
      args,
      clearEnv: true,
      env: Object.fromEntries(present) as Record<string, string>,
      stdin: options.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    }).spawn();
    this.pid = this.#child.pid;
    this.exited = this.#child.status.then((status) => this.#code = status.code);
    this.#drained = Promise.all([
      this.#collect(this.#child.stdout, (text) => this.stdout += text),
      this.#collect(this.#child.stderr, (text) => this.stderr += text),
      options.stdin === undefined ? undefined : this.#feed(options.stdin),
    ]);
  }

  /** Whether it has not ended yet. */
  get running(): boolean {
    return this.#code === undefined;
  }

  /** Resolves when it says something more, and after so many milliseconds at the latest. */
  async more(timeout: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, timeout);
    await Promise.race([this.#heard.promise, late.promise]);
    clearTimeout(timer);
  }

  /** The first line, from line number `from` on, that matches. */
  async waitForLine(
    pattern: RegExp,
    timeout = PATIENCE_MS,
    from = 0,
  ): Promise<RegExpMatchArray> {
    let match: RegExpMatchArray | null | undefined;
    const seek = () => {
      const ended = !this.running;
      match = this.lines.slice(from).map((line) => line.match(pattern)).find(Boolean);
      if (!match && ended) throw new Error(this.#story(`ended without ${pattern}`));
      return Boolean(match);
    };
    await waitFor(seek, timeout, () => this.#story(`no line matches ${pattern}`));
    return match!;
  }

  /** Sends a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    if (!this.running) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended, and we are about to hear of it.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Asks it to end, kills it when it has not after the grace time; its exit code. */
  async stop(signal: Deno.Signal = "SIGTERM", grace = PATIENCE_MS): Promise<number> {
    this.kill(signal);
    const timer = setTimeout(() => this.kill("SIGKILL"), grace);
    const code = await this.wait();
    clearTimeout(timer);
    return code;
  }

  /** Waits for its end and for the rest of its output. */
  async wait(): Promise<number> {
    const code = await this.exited;
    // A background child of it may hold the pipes open for ever.
    const timer = setTimeout(() => this.#abandon.abort(), 500);
    await this.#drained;
    clearTimeout(timer);
    return code;
  }

  /** Runs to the end, or kills and throws when that takes too long. */
  async finish(options: RunOptions = {}): Promise<Result> {
    const timeout = options.timeout ?? 60_000;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.kill("SIGKILL");
    }, timeout);
    const code = await this.wait();
    clearTimeout(timer);
    if (late) throw new Error(this.#story(`not done within ${timeout} ms`));
    if (code !== 0 && options.check !== false) {
      throw new Error(this.#story(`exit code ${code}`));
    }
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGTERM", 2000);
  }

  readonly #abandon = new AbortController();

  async #collect(stream: ReadableStream<Uint8Array>, keep: (text: string) => void) {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    const { signal } = this.#abandon;
    const cancel = () => reader.cancel().catch(() => {});
    signal.addEventListener("abort", cancel);
    let partial = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const text = decoder.decode(part.value, { stream: true });
      keep(text);
      const lines = (partial + text).split("\n");
      partial = lines.pop() ?? "";
      this.lines.push(...lines);
      this.#heard.resolve();
      this.#heard = Promise.withResolvers<void>();
    }
    signal.removeEventListener("abort", cancel);
    if (partial !== "") this.lines.push(partial);
  }

  async #feed(text: string) {
    const writer = this.#child.stdin.getWriter();
    try {
      await writer.write(new TextEncoder().encode(text));
      await writer.close();
    } catch {
      // It ended, or closed its input, without reading all: its own business.
    }
  }

  #story(what: string): string {
    return `${this.#name}: ${what}\n${this.stdout}${this.stderr}`.trimEnd();
  }
}

/** Runs a program to its end. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  return new Process(argv, options).finish(options);
}
