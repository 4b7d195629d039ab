/**
 * Finding libpcap on this machine, and the error that everything about it throws.
 *
 * @module
 */
import { pcapSymbols } from "./pcap_symbols.ts";

/** What kind of failure it was, for who must react differently to each. */
export type PcapErrorCode =
  | "no-library"
  | "no-permission"
  | "no-device"
  | "down"
  | "filter"
  | "other";

/** libpcap is missing, or said no. */
export class PcapError extends Error {
  /** Tells the errors apart. */
  override readonly name = "PcapError";
  /** What kind of failure it was. */
  readonly code: PcapErrorCode;

  /** A failure of one kind, in words. */
  constructor(code: PcapErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** libpcap, loaded. */
export type PcapLibrary = Deno.DynamicLibrary<typeof pcapSymbols>["symbols"];

/** The names that a libpcap goes by: upstream's, Debian's, macOS's. */
const SONAMES: readonly string[] = Deno.build.os === "darwin"
  ? ["libpcap.A.dylib", "libpcap.dylib", "/usr/lib/libpcap.A.dylib"]
  : ["libpcap.so.1", "libpcap.so.0.8"];

/** Where to get it. */
const PACKAGES = "install libpcap: Debian and Ubuntu: apt install libpcap0.8 " +
  "(libpcap0.8t64 since Debian 13 and Ubuntu 24.04); Fedora: dnf install libpcap; " +
  "Alpine: apk add libpcap; Arch: pacman -S libpcap";

let loaded: PcapLibrary | undefined;

/** Loads libpcap once, by the first of its names that is there. */
export function loadPcap(): PcapLibrary {
  loaded ??= openFirst(SONAMES);
  return loaded;
}

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
      if (!error.message.startsWith("Failed to register symbol")) continue;
      throw new PcapError("no-library", `${name} is too old (${error.message})`);
    }
  }
  throw new PcapError(
    "no-library",
    `libpcap was not found (tried ${names.join(", ")}); ${PACKAGES}`,
  );
}
