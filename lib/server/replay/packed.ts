/** Files that are no recordings, as they are packed: what takes the recording out. */

/** What files begin with, and the program that prints what is in them. */
const PACKED: readonly (readonly [start: readonly number[], program: string])[] = [
  [[0x1f, 0x8b], "zcat"],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstdcat"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "xzcat"],
  [[0x42, 0x5a, 0x68], "bzcat"],
];

/** How to read a file that is packed; `undefined` if it is not, or can't be looked into. */
export function unpackHint(file: string): string | undefined {
  if (file === "-") return undefined;
  const start = firstBytes(file);
  const program = PACKED.find(([magic]) => magic.every((byte, i) => start[i] === byte))
    ?.[1];
  return program && `it is packed: ${program} FILE | knockd replay -`;
}

/** Of files alone: what a FIFO holds would be lost. */
function firstBytes(file: string): Uint8Array {
  const bytes = new Uint8Array(8);
  try {
    if (!Deno.statSync(file).isFile) return bytes;
    using opened = Deno.openSync(file);
    opened.readSync(bytes);
  } catch {
    // The recording could not be opened either, which is said.
  }
  return bytes;
}
