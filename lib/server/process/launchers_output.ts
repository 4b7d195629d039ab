/**
 * `-d`, where the log is the program's own output: what is left of that is the output of
 * whoever started the daemon, as long as that one waits for its word.
 */

import { cString } from "../../../ffi/c_string.ts";
import { libc } from "../../../ffi/libc.ts";

/** O_WRONLY, O_APPEND, O_NONBLOCK and O_CLOEXEC: a pipe that nobody reads keeps nobody waiting. */
const TO_APPEND = 0o1 | 0o2000 | 0o4000 | 0o2000000;

/** Opens it on Linux; none where it can't be opened, as a socket can't. */
export function launchersOutput(output: 1 | 2) {
  if (Deno.build.os !== "linux") return undefined;
  const fd = libc().open(cString(`/proc/${Deno.ppid}/fd/${output}`), TO_APPEND);
  if (fd < 0) return undefined;
  return {
    fd,
    writeSync(bytes: Uint8Array<ArrayBuffer>): number {
      const length = Number(libc().write(fd, bytes, BigInt(bytes.length)));
      if (length < 0) throw new Error("it takes nothing any more");
      return length;
    },
  };
}
