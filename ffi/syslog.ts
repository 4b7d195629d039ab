/** syslog(3). */

import { cString } from "./c_string.ts";
import { libc } from "./libc.ts";

/** How much a line matters, in the numbers of syslog.h. */
export const Priority = { error: 3, warning: 4, notice: 5, debug: 7 } as const;

/** LOG_USER, the facility that knockd has always had. */
const FACILITY_USER = 1 << 3;

/** The system's log. A line that the system can't take is dropped, as syslog(3) does. */
export class Syslog implements Disposable {
  /** openlog keeps the pointer, so the bytes must stay where they are. */
  readonly #identity: Uint8Array<ArrayBuffer>;
  #open = true;

  /** Opens the system's log under a program's name. */
  constructor(identity: string) {
    this.#identity = cString(identity);
    libc().openlog(this.#identity, 0, FACILITY_USER);
  }

  /** Writes one line, whatever its characters mean to printf. */
  write(priority: number, line: string): void {
    if (this.#open) libc().syslog(priority, cString(line.replaceAll("%", "%%")));
  }

  /** Closes the log; may be called twice. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    libc().closelog();
  }

  /** Closes the log at the end of `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
