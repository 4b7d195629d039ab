/** libnftables, loaded once, and the error that everything about it throws. */

import { LibraryError } from "../library_error.ts";
import { readKernelFile } from "../libc.ts";
import { LIBNFTABLES, openLibrary } from "../open_library.ts";
import { nftablesSymbols } from "./nftables_symbols.ts";

/** libnftables, loaded. */
export type NftablesLibrary = Deno.DynamicLibrary<typeof nftablesSymbols>["symbols"];

/** What kind of failure it was, for those who must react differently to each. */
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

let loaded: NftablesLibrary | undefined;

/** Loads it; throws an NftError, `no-library`, where there is none. */
export function loadNftables(): NftablesLibrary {
  const failure = (message: string) => new NftError("no-library", message);
  return loaded ??= openLibrary(LIBNFTABLES, nftablesSymbols, failure);
}

/**
 * Which one it is, by its file: `libnftables.so.1.1.0`. It says no version itself.
 *
 * @throws {NftError} `no-library`
 */
export function nftablesVersion(): string {
  loadNftables();
  const maps = readKernelFile("/proc/self/maps", MAPS_LIMIT);
  return /\/(libnftables\.so[.\d]*)$/m.exec(maps)?.[1] ?? LIBNFTABLES.files[0]!;
}
