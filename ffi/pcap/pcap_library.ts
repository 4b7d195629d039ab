/** libpcap, loaded once. */

import { LIBPCAP, openLibrary } from "../open_library.ts";
import { PcapError } from "./pcap_error.ts";
import { pcapSymbols } from "./pcap_symbols.ts";

/** Its functions. */
export type PcapLibrary = Deno.DynamicLibrary<typeof pcapSymbols>["symbols"];

let loaded: PcapLibrary | undefined;

/** Loads it; throws a PcapError, `no-library`, where there is none. */
export function loadPcap(): PcapLibrary {
  const failure = (message: string) => new PcapError("no-library", message);
  return loaded ??= openLibrary(LIBPCAP, pcapSymbols, failure);
}
