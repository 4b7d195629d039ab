/** What a service manager is told: sd_notify(3), and its watchdog. */

import { monotonicMicroseconds, NotifySocket } from "../../../ffi/notify_socket.ts";
import type { System } from "../system.ts";

/** How often a start that waits asks for more time. */
const WAIT_MS = 30_000;
/** systemd reads none of a message of more than 4096 bytes, that we are ready among it. */
const MOST_CHARACTERS = 1000;

/** What notifying needs of the world. */
export interface SdNotifyOptions {
  readonly system: Pick<System, "schedule">;
  /** The environment: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID. */
  readonly env: (name: string) => string | undefined;
  readonly pid: number;
}

/** A service manager that waits for word from this process. */
export class SdNotify implements Disposable {
  readonly #system: SdNotifyOptions["system"];
  /** A word that does not arrive is for the service manager to miss. */
  readonly #socket: NotifySocket;
  /** What there is to say of each interface that hears. */
  readonly #hears = new Map<string, string>();
  #ready = false;
  #stopWatchdog = () => {};
  #stopWaiting = () => {};

  private constructor(system: SdNotifyOptions["system"], socket: NotifySocket) {
    this.#system = system;
    this.#socket = socket;
  }

  /** The service manager, if there is one, and its watchdog, if it has one for us. */
  static open({ system, env, pid }: SdNotifyOptions): SdNotify | undefined {
    const socket = NotifySocket.open(env("NOTIFY_SOCKET") ?? "");
    if (socket === undefined) return undefined;
    const manager = new SdNotify(system, socket);
    const period = watchdogPeriod(env, pid);
    if (period !== undefined) manager.#feedWatchdog(period / 2);
    return manager;
  }

  /** An interface hears; with the first one the daemon is ready. */
  listening(name: string, what: string): void {
    this.#ready = true;
    this.#stopWaiting();
    this.#hears.set(name, what);
    this.#socket.send(`READY=1\n${this.#status()}`);
  }

  /** An interface does not hear; what was ready stays so, and waits. */
  deaf(name: string, why: string): void {
    this.#hears.delete(name);
    this.#socket.send(this.#status(why));
    if (!this.#ready) this.#askForTime();
  }

  /** The config is being read again, until what comes back is called. */
  reloading(): () => void {
    // Ready is only who heard before: the answer to a reload must not say more.
    if (!this.#ready) return () => {};
    this.#socket.send(`RELOADING=1\nMONOTONIC_USEC=${monotonicMicroseconds()}`);
    return () => void this.#socket.send("READY=1");
  }

  /** The daemon closes its doors and ends. */
  stopping(): void {
    this.#socket.send("STOPPING=1\nSTATUS=closing every door");
  }

  /** Stops feeding the watchdog and gives the socket back. */
  [Symbol.dispose](): void {
    this.#stopWatchdog();
    this.#stopWaiting();
    this.#socket[Symbol.dispose]();
  }

  /** That this runs at all is what it shows: no event loop, no word. */
  #feedWatchdog(ms: number): void {
    this.#socket.send("WATCHDOG=1");
    this.#stopWatchdog = this.#system.schedule(ms, () => this.#feedWatchdog(ms));
  }

  /** An interface may come whenever it likes; a start that hangs ends by its timeout. */
  #askForTime(): void {
    this.#stopWaiting();
    this.#socket.send(`EXTEND_TIMEOUT_USEC=${3 * WAIT_MS * 1000}`);
    this.#stopWaiting = this.#system.schedule(WAIT_MS, () => this.#askForTime());
  }

  /** What hears; where nothing does, why not. */
  #status(why = ""): string {
    const text = [...this.#hears.values()].join("; ") || why;
    const line = text.replaceAll(/\s+/g, " ");
    const isLong = line.length > MOST_CHARACTERS;
    return `STATUS=${isLong ? `${line.slice(0, MOST_CHARACTERS)}…` : line}`;
  }
}

/** Milliseconds within which the watchdog wants a word, if it watches this process. */
function watchdogPeriod(env: SdNotifyOptions["env"], pid: number): number | undefined {
  const [period = "", watched = `${pid}`] = [env("WATCHDOG_USEC"), env("WATCHDOG_PID")];
  if (!/^\d{1,15}$/.test(period) || Number(period) === 0) return undefined;
  return watched === `${pid}` ? Number(period) / 1000 : undefined;
}
