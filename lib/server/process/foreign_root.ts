/** Root of a user namespace, as in a rootless container, has no rights to the machine. */

import { readKernelFile } from "../../../ffi/libc.ts";
import { type Capability, hasCapability } from "./capabilities.ts";

/** Where a user namespace says who its ids are outside. */
export const UID_MAP = "/proc/self/uid_map";

/** Longer than what the kernel has to say there. */
const MOST = 65_536;

/** Whether ids in here are others outside: the first of all namespaces has all of them. */
export function isNamespaced(map: string | undefined): boolean {
  return map !== undefined && !/^0\s+0\s+4294967295$/.test(map.trim());
}

/** What root of a user namespace is to do who has a right to no avail; undefined to others. */
export function foreignRootHint(right: Capability): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
  if (!isNamespaced(readKernelFile(UID_MAP, MOST) || undefined)) return undefined;
  if (!hasCapability(readKernelFile("/proc/self/status", MOST), "CapEff", right)) {
    return undefined;
  }
  return "root in here is another user outside (a user namespace): start it as the machine's " +
    "root, not rootless, with CAP_NET_RAW and CAP_NET_ADMIN";
}
