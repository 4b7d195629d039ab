/** Finding libnftables on this machine, and the error that everything about it throws. */

import { missingSymbol } from "./missing_symbol.ts";
import { LibraryError } from "./library_error.ts";
import { readKernelFile } from "./libc.ts";
import { nftablesSymbols } from "./nftables_symbols.ts";

/** libnftables, loaded. */
export type NftablesLibrary = Deno.DynamicLibrary<typeof nftablesSymbols>["symbols"];

/** What kind of failure it was, for who must react differently to each. */
export type NftErrorCode =
  | "no-library"
  | "no-permission"
  | "no-kernel"
  | "incomplete"
  | "full"
  | "other";

/** libnftables is missing, or it or the kernel said no. */
export class NftError extends LibraryError<NftErrorCode> {
  /** Tells the errors apart. */
  override readonly name = "NftError";
}

const MAPS_LIMIT = 2 ** 20;

/** The only name that libnftables has had since its interface is stable (0.9). */
const SONAMES: readonly string[] = ["libnftables.so.1"];

/** Where to get it. */
const PACKAGES = "install libnftables: Debian and Ubuntu: apt install libnftables1; " +
  "Fedora: dnf install nftables; Alpine: apk add nftables; Arch: pacman -S nftables";

let loaded: NftablesLibrary | undefined;

/** Loads libnftables once. */
export function loadNftables(): NftablesLibrary {
  loaded ??= openNftables(SONAMES);
  return loaded;
}

/**
 * Which one it is, by its file: `libnftables.so.1.1.0`. It says no version itself.
 *
 * @throws {NftError} `no-library`
 */
export function nftablesVersion(): string {
  loadNftables();
  const maps = readKernelFile("/proc/self/maps", MAPS_LIMIT);
  return /\/(libnftables\.so[.\d]*)$/m.exec(maps)?.[1] ?? SONAMES[0]!;
}

/**
 * Opens the first library that is there.
 *
 * @throws {NftError} `no-library` where none is, naming the package that has it.
 */
function openNftables(names: readonly string[]): NftablesLibrary {
  for (const name of names) {
    try {
      return Deno.dlopen(name, nftablesSymbols).symbols;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      if (!(error instanceof Error)) throw error;
      const symbol = missingSymbol(error);
      if (symbol === undefined) continue;
      throw new NftError(
        "no-library",
        `${name} has no ${symbol}: it is too old; ${PACKAGES}`,
      );
    }
  }
  throw new NftError(
    "no-library",
    `libnftables was not found (tried ${names.join(", ")}); ${PACKAGES}`,
  );
}
