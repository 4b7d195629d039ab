/** The libraries of the system that we need, and opening one by its name. */

import { functionsOf } from "./functions_of.ts";

/** A library: what it is called, and what is said where it can't be used. */
export interface SystemLibrary {
  /** Its own name. */
  readonly name: string;
  /** The names of its file, the first that is there being taken. */
  readonly files: readonly string[];
  /** Which version it takes, where that is known. */
  readonly needs?: string;
  /** Which packages have it. */
  readonly packages: string;
}

/** libpcap, by upstream's name, Debian's, macOS's. */
export const LIBPCAP: SystemLibrary = {
  name: "libpcap",
  files: Deno.build.os === "darwin"
    ? ["libpcap.A.dylib", "libpcap.dylib", "/usr/lib/libpcap.A.dylib"]
    : ["libpcap.so.1", "libpcap.so.0.8"],
  needs: ", knockd needs libpcap 1.9.1 or later",
  packages: "Debian and Ubuntu: apt install libpcap0.8 " +
    "(libpcap0.8t64 since Debian 13 and Ubuntu 24.04); Fedora: dnf install libpcap; " +
    "Alpine: apk add libpcap; Arch: pacman -S libpcap",
};

/** libnftables, by the only name that it has had since its interface is stable (0.9). */
export const LIBNFTABLES: SystemLibrary = {
  name: "libnftables",
  files: ["libnftables.so.1"],
  packages: "Debian and Ubuntu: apt install libnftables1; " +
    "Fedora: dnf install nftables; Alpine: apk add nftables; Arch: pacman -S nftables",
};

/** Opens a library; throws what `failure` makes of what is wrong. */
export function openLibrary<const Symbols extends Deno.ForeignLibraryInterface>(
  { name, files, needs = "", packages }: SystemLibrary,
  symbols: Symbols,
  failure: (message: string) => Error,
): Deno.DynamicLibrary<Symbols>["symbols"] {
  const install = `install ${name}: ${packages}`;
  let reason: string | undefined;
  for (const file of files) {
    try {
      return functionsOf(file, symbols);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) {
        throw error;
      }
      const [, symbol] = /^Failed to register symbol (\w+)/.exec(error.message) ?? [];
      if (symbol === undefined) {
        reason ??= reasonIn(error.message, file);
        continue;
      }
      throw failure(`${file} has no ${symbol}: it is too old${needs}; ${install}`);
    }
  }
  const what = reason === undefined
    ? `was not found (tried ${files.join(", ")})`
    : `can't be loaded: ${reason}`;
  throw failure(`${name} ${what}; ${install}`);
}

/** Why a file can't be loaded that is there: damaged, say, or without one that it needs. */
function reasonIn(message: string, file: string): string | undefined {
  const isMissing = /no such file/i.test(message.split(`${file}: `)[1] ?? "");
  return isMissing ? undefined : message.replace(/^(Could not open library: )+/, "");
}
