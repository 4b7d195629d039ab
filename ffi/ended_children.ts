/**
 * Children that nobody here started: the first process of a container gets those whose
 * parents have ended, and has to take note of their ends.
 */

import { libc } from "./libc.ts";

const P_ALL = 0;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x0100_0000;

/** sizeof(siginfo_t), and where si_pid is in it on 64-bit Linux. */
const SIGINFO_SIZE = 128;
const SI_PID = 16;

/** A child that has ended and that nobody has taken note of; 0 when there is none. */
export function endedChild(): number {
  const info = new DataView(new ArrayBuffer(SIGINFO_SIZE));
  const failed = libc().waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) !== 0;
  return failed ? 0 : info.getInt32(SI_PID, true);
}

/** Takes note of the end of one. */
export function collectChild(pid: number): void {
  libc().waitpid(pid, null, WNOHANG);
}
