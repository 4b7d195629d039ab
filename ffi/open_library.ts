/** Opening libpcap by one of its names. */

import { missingSymbol } from "./missing_symbol.ts";
import { PcapError } from "./pcap_error.ts";
import { pcapSymbols } from "./pcap_symbols.ts";

/** libpcap, loaded. */
export type PcapLibrary = Deno.DynamicLibrary<typeof pcapSymbols>["symbols"];

/** Where to get it. */
const PACKAGES = "install libpcap: Debian and Ubuntu: apt install libpcap0.8 " +
  "(libpcap0.8t64 since Debian 13 and Ubuntu 24.04); Fedora: dnf install libpcap; " +
  "Alpine: apk add libpcap; Arch: pacman -S libpcap";

/**
 * Opens the first library that is there.
 *
 * @throws {PcapError} `no-library` where none is, naming the package that has it.
 */
export function openFirst(names: readonly string[]): PcapLibrary {
  for (const name of names) {
    try {
      return Deno.dlopen(name, pcapSymbols).symbols;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      if (!(error instanceof Error)) throw error;
      const symbol = missingSymbol(error);
      if (symbol === undefined) continue;
      throw new PcapError(
        "no-library",
        `${name} has no ${symbol}: it is too old, knockd needs libpcap 1.9.1 or later; ${PACKAGES}`,
      );
    }
  }
  throw new PcapError(
    "no-library",
    `libpcap was not found (tried ${names.join(", ")}); ${PACKAGES}`,
  );
}
