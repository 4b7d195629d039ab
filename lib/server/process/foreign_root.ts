/** Root of a user namespace, as in a rootless container, has no rights to the machine. */

import { readKernelFile } from "../../../ffi/libc.ts";

/** Where a user namespace says who its ids are outside. */
export const UID_MAP = "/proc/self/uid_map";

/** Whether ids in here are others outside: the first of all namespaces has all of them. */
export function isNamespaced(map: string | undefined): boolean {
  return map !== undefined && !/^0\s+0\s+4294967295$/.test(map.trim());
}

/** What root of a user namespace is to do about rights that it lacks; undefined to others. */
export function foreignRootHint(): string | undefined {
  const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
  if (!isRoot || !isNamespaced(readKernelFile(UID_MAP, 4096) || undefined)) {
    return undefined;
  }
  return "root in here is another user outside (a user namespace): start it as the machine's " +
    "root, not rootless, with CAP_NET_RAW and CAP_NET_ADMIN";
}
