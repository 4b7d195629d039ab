/**
 * The signals that a daemon heeds. They are taken from the moment that its PID file tells
 * whom to signal, and acted upon when it can.
 *
 * @module
 */

/** Settles when the daemon is to stop; asked a second time, it goes at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = () => {
      if (asked) Deno.exit(1);
      asked = true;
      resolve();
    };
    Deno.addSignalListener("SIGTERM", stop);
    Deno.addSignalListener("SIGINT", stop);
  });
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
