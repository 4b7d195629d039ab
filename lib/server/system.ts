/** The world's edge: clocks, timers and processes. The tests have one in memory. */

export interface Exit {
  /** Its exit code; 128 + n after a signal, as a shell counts. */
  readonly code: number;
  readonly signal?: string;
}

export interface Child {
  readonly pid: number;
  /** Its standard output and standard error. */
  readonly output: readonly ReadableStream<Uint8Array>[];
  /** Settles when the process itself ends, whatever it left in the background. */
  readonly exit: Promise<Exit>;
  /** Sends a signal to the process and to everything it started. */
  kill(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** What the daemon needs of the world besides packets and files. */
export interface System {
  /** Wall clock, Unix milliseconds; may jump. */
  now(): number;
  /** Milliseconds that only grow. */
  monotonic(): number;
  /** Runs something once after a delay of any length; the result cancels it. */
  schedule(delayMs: number, run: () => void): () => void;
  /**
   * Starts a process in `/`, with exactly this environment and no standard input,
   * before it returns. Throws what Deno.Command throws if there is no such program.
   *
   * @param mark what the process and all it starts are known by; nobody else has it
   */
  spawn(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    mark?: string,
  ): Child;
  /**
   * Kills every process that carries one of these marks, whoever started it. It knows
   * them on Linux alone; elsewhere it does nothing.
   */
  endMarked(marks: readonly string[]): Promise<void>;
}

export function realSystem(): System {
  return {
    now: Date.now,
    monotonic: () => performance.now(),
    schedule,
    spawn,
    endMarked,
  };
}

/** Longest delay that setTimeout keeps; it fires at once for a longer one. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

function schedule(delayMs: number, run: () => void): () => void {
  const due = performance.now() + delayMs;
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    const rest = due - performance.now();
    timer = rest > LONGEST_TIMEOUT
      ? setTimeout(wait, LONGEST_TIMEOUT)
      : setTimeout(run, Math.max(0, rest));
  };
  wait();
  return () => clearTimeout(timer);
}

/** What the runtime waits for; whatever else becomes a child of ours, nobody does. */
const CHILDREN = new Set<number>();

/** Whether somebody here waits for the end of a process. */
export function isWaitedFor(pid: number): boolean {
  return CHILDREN.has(pid);
}

function start(command: Deno.Command): Deno.ChildProcess {
  const child = command.spawn();
  CHILDREN.add(child.pid);
  void child.status.then(() => CHILDREN.delete(child.pid));
  return child;
}

/** Tells the processes of one job from all others, in their environment. */
const JOB = "KNOCK_JOB";

/**
 * Linux shows environments, so processes are found by the mark of their job. Elsewhere
 * each gets a session, for which Deno forks the whole daemon instead of calling
 * posix_spawn: 80 microseconds for every megabyte, capture standing still meanwhile.
 */
const MARKED = Deno.build.os === "linux";

function spawn(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  mark: string = crypto.randomUUID(),
): Child {
  const command = new Deno.Command(argv[0] ?? "", {
    args: argv.slice(1),
    cwd: "/",
    clearEnv: true,
    env: { ...env, [JOB]: mark },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: !MARKED,
  });
  const child = start(command);
  let ended = false;
  const exit = child.status.then(({ code, signal }) => {
    ended = true;
    return signal ? { code, signal } : { code };
  });
  return {
    pid: child.pid,
    output: [child.stdout, child.stderr],
    exit,
    async kill(signal) {
      // While it lives: by it those are found that it started.
      if (MARKED) await signalMarked([mark], signal, ended ? undefined : child.pid);
      if (!ended) signalProcess(MARKED ? child.pid : -child.pid, signal);
    },
  };
}

/**
 * Signals a process, or with a negative number its group. It may have ended already, or
 * run as somebody whose processes are not ours to signal: then it ends when it likes.
 */
function signalProcess(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    const { NotFound, PermissionDenied } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof PermissionDenied)) throw error;
  }
}

/**
 * Deno opens no file under /proc unless it has every permission; a shell does. What a marked
 * process started without its environment, by sudo for one, is found by its parent.
 */
const SIGNAL_MARKED = `
found="$2 $(grep -lsFf - /proc/[0-9]*/environ | tr -dc "0-9\\n")"
all=
while [ "$found" ]; do
  all="$all $found"
  found=$(cat $(printf "/proc/%s/task/*/children " $found) 2>/dev/null)
done
kill -s "$1" $all`;

/**
 * Signals every process that carries a mark, orphans included, and a job's own, which may
 * carry none any more; whether there was any.
 */
async function signalMarked(
  marks: readonly string[],
  signal: Deno.Signal,
  leader?: number,
): Promise<boolean> {
  const sweep = new Deno.Command("/bin/sh", {
    args: ["-c", SIGNAL_MARKED, "sh", signal.slice("SIG".length), `${leader ?? ""}`],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  });
  try {
    const shell = start(sweep);
    const input = new Blob([marks.map((mark) => `${JOB}=${mark}\n`).join("")]).stream();
    const [{ success }] = await Promise.all([shell.status, input.pipeTo(shell.stdin)]);
    return success;
  } catch {
    // Without a shell, or another process, the job's own process was signalled all the same.
    return false;
  }
}

/** What starts others while it is looked for is found the next time. */
const SWEEPS = 10;

async function endMarked(marks: readonly string[]): Promise<void> {
  if (!MARKED) return;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    if (!await signalMarked(marks, "SIGKILL")) return;
  }
}
