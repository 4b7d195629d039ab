/**
 * The system's log. On Linux by a socket of its own: syslog(3) waits for a daemon that
 * stands still, and whoever calls it stands still then, too.
 */

import { cString } from "./c_string.ts";
import { libc } from "./libc.ts";
import { takesBytes } from "./takes_bytes.ts";
import { AF_UNIX, unixAddress } from "./unix_address.ts";

/** How much a line matters, in the numbers of syslog.h. */
export const Priority = { error: 3, warning: 4, notice: 5, debug: 7 } as const;

/** LOG_DAEMON, the facility of Debian's knockd; that of others is LOG_USER. */
const FACILITY = 3 << 3;
/** _PATH_LOG of syslog.h. */
const PATH = "/dev/log";
/** SOCK_DGRAM and SOCK_CLOEXEC. */
const SOCKET_TYPE = 2 | 0x80000;
/** MSG_DONTWAIT and MSG_NOSIGNAL. */
const FLAGS = 0x40 | 0x4000;

/** Takes lines. */
export interface SystemLog extends Disposable {
  /**
   * Writes one line. A line that the system can't take is dropped, as by syslog(3).
   *
   * @returns false where it would have to wait, and is not written
   */
  write(priority: number, line: string): boolean;
}

/**
 * Opens the system's log under a program's name.
 *
 * @param path the socket of the log's daemon on Linux
 */
export function openSystemLog(identity: string, path: string = PATH): SystemLog {
  return Deno.build.os === "linux" ? new LogSocket(identity, path) : new Syslog(identity);
}

/** The system's log on Linux, in the form of RFC 3164. */
class LogSocket implements SystemLog {
  readonly #identity: string;
  readonly #address: Uint8Array<ArrayBuffer>;
  #fd = -1;

  constructor(identity: string, path: string) {
    this.#identity = identity;
    this.#address = unixAddress(path)!;
  }

  write(priority: number, line: string): boolean {
    const head = `<${FACILITY | priority}>${timestamp(new Date())}`;
    const bytes = new TextEncoder().encode(`${head} ${this.#identity}: ${line}`);
    // The daemon may have been started anew since, with a new socket.
    return this.#send(bytes) ?? this.#send(bytes) ?? true;
  }

  /** Whether it was sent or would have to wait; nothing where nobody is there. */
  #send(bytes: Uint8Array<ArrayBuffer>): boolean | undefined {
    if (this.#fd < 0 && !this.#connect()) return undefined;
    if (!takesBytes(this.#fd)) return false;
    const size = BigInt(bytes.length);
    if (libc().sendto(this.#fd, bytes, size, FLAGS, null, 0) === size) return true;
    this[Symbol.dispose]();
    return undefined;
  }

  #connect(): boolean {
    this.#fd = libc().socket(AF_UNIX, SOCKET_TYPE, 0);
    if (this.#fd < 0) return false;
    if (libc().connect(this.#fd, this.#address, this.#address.length) === 0) return true;
    this[Symbol.dispose]();
    return false;
  }

  /** Closes it; a later line opens it again. */
  [Symbol.dispose](): void {
    if (this.#fd >= 0) libc().close(this.#fd);
    this.#fd = -1;
  }
}

/** Elsewhere, syslog(3) itself. */
class Syslog implements SystemLog {
  /** openlog keeps the pointer, so the bytes must stay where they are. */
  readonly #identity: Uint8Array<ArrayBuffer>;
  #open = true;

  constructor(identity: string) {
    this.#identity = cString(identity);
    libc().openlog(this.#identity, 0, FACILITY);
  }

  /** Whatever the line's characters mean to printf. */
  write(priority: number, line: string): boolean {
    if (this.#open) libc().syslog(priority, cString(line.replaceAll("%", "%%")));
    return true;
  }

  [Symbol.dispose](): void {
    if (this.#open) libc().closelog();
    this.#open = false;
  }
}

/** The TIMESTAMP of RFC 3164, 4.1.2: local time, the day with a space before one digit. */
function timestamp(now: Date): string {
  const [, month, day] = now.toDateString().split(" ");
  const time = now.toTimeString().slice(0, 8);
  return `${month} ${String(Number(day)).padStart(2)} ${time}`;
}
