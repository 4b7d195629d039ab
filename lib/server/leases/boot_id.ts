/** Which start of the machine this is: firewall rules do not survive the next one. */

import { readKernelFile } from "../../../ffi/libc.ts";

/** Linux draws a new one at each start; elsewhere nothing tells. */
export function bootId(): string {
  return readKernelFile("/proc/sys/kernel/random/boot_id", 64).trim();
}
