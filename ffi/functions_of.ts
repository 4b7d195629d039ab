/** The functions of a library that is loaded. */

/**
 * The functions of a library, by their prototypes. Each is made ready when it is first asked
 * for: a quarter of a millisecond, which a start would pay for all of them.
 *
 * @throws {Deno.errors.NotCapable} Without the permission.
 * @throws {Error} There is no such library, or it lacks one of them.
 */
export function functionsOf<const Symbols extends Deno.ForeignLibraryInterface>(
  file: string,
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols>["symbols"] {
  lookFor(file, symbols);
  const functions = {};
  for (const [name, symbol] of Object.entries(symbols)) {
    const get = () => {
      const { [name]: value } = Deno.dlopen(file, { [name]: symbol }).symbols;
      Object.defineProperty(functions, name, { value, enumerable: true });
      return value;
    };
    Object.defineProperty(functions, name, { get, configurable: true, enumerable: true });
  }
  return functions as Deno.DynamicLibrary<Symbols>["symbols"];
}

/** Finds them all: for calls that go through a thread Deno makes nothing ready. */
function lookFor(file: string, symbols: Deno.ForeignLibraryInterface): void {
  const found = Object.entries(symbols).map(([name, symbol]) =>
    [name, "parameters" in symbol ? { ...symbol, nonblocking: true } : symbol] as const
  );
  Deno.dlopen(file, Object.fromEntries(found));
}
