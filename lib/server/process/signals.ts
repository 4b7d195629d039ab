/**
 * The signals that a daemon heeds. They are taken from the moment that its PID file tells
 * whom to signal, and acted upon when it can.
 */

/** What is to become of the open doors of a daemon that stops. */
export type Ending =
  /** They close, but for those that their config keeps. */
  | "close"
  /** They stay, and the daemon that starts next sees to them. */
  | "hand over";

/**
 * Milliseconds in which whoever asks several times asks once. timeout(1) signals a program
 * and then its group; systemd signals whatever an `ExecStop=kill $MAINPID` has not ended.
 */
const ASKED_ONCE_MS = 1000;

/**
 * Settles when the daemon is to stop: by SIGUSR2, to hand over to the next one. Asked to
 * close once more later than that, it goes at once, after some last words.
 */
export function stopSignal(lastWords: () => void): Promise<Ending> {
  return new Promise((resolve) => {
    let asked: number | undefined;
    const stop = () => {
      const now = performance.now();
      asked ??= now;
      if (now - asked > ASKED_ONCE_MS) endAtOnce(lastWords);
      resolve("close");
    };
    Deno.addSignalListener("SIGTERM", stop);
    Deno.addSignalListener("SIGINT", stop);
    // What Ctrl-\ sends: a trial would leave ports shut that nobody opens.
    Deno.addSignalListener("SIGQUIT", stop);
    Deno.addSignalListener("SIGUSR2", () => {
      asked ??= performance.now();
      resolve("hand over");
    });
  });
}

function endAtOnce(lastWords: () => void): never {
  try {
    lastWords();
  } finally {
    Deno.exit(1);
  }
}

/**
 * A file that may not grow any more (setrlimit(2), RLIMIT_FSIZE) is an error of who writes
 * to it. By default a signal ends the program first, and what it had opened stays open.
 */
export function outliveFullFiles(): void {
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGXFSZ", () => {});
}

/** SIGHUP, kept for whoever follows it later. */
export class HangUps {
  #early = false;
  #act = () => {
    this.#early = true;
  };

  /** Takes them from now on. */
  constructor() {
    Deno.addSignalListener("SIGHUP", () => this.#act());
  }

  /** Acts upon each from now on, and once if one came before. */
  follow(act: () => void): void {
    this.#act = act;
    if (this.#early) act();
  }
}
