/** Finding libpcap on this machine, once. */

import { openFirst, type PcapLibrary } from "./open_library.ts";

/** The names that a libpcap goes by: upstream's, Debian's, macOS's. */
const SONAMES: readonly string[] = Deno.build.os === "darwin"
  ? ["libpcap.A.dylib", "libpcap.dylib", "/usr/lib/libpcap.A.dylib"]
  : ["libpcap.so.1", "libpcap.so.0.8"];

let loaded: PcapLibrary | undefined;

/** Loads libpcap once, by the first of its names that is there. */
export function loadPcap(): PcapLibrary {
  loaded ??= openFirst(SONAMES);
  return loaded;
}
