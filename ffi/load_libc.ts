/**
 * Finds the C library.
 *
 * @module
 */

/** glibc's name, then musl's, which carries the architecture; macOS has one of its own. */
const NAMES: readonly string[] = Deno.build.os === "darwin"
  ? ["/usr/lib/libSystem.B.dylib"]
  : ["libc.so.6", `libc.musl-${Deno.build.arch}.so.1`];

/** Loads functions of the C library. */
export function loadLibc<const Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols> {
  let failure: unknown;
  for (const name of NAMES) {
    try {
      return Deno.dlopen(name, symbols);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
