/** Writes a tar archive (POSIX ustar) of small files, the same bytes for the same files. */

/** A file of the archive. */
export interface TarFile {
  /** ASCII, at most 100 characters. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Permissions; its owner's alone, to read and write, without them. */
  readonly mode?: number;
}

const BLOCK = 512;

/** The archive: files without a date and an owner. */
export async function tar(files: readonly TarFile[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const { name, bytes, mode = 0o600 } of files) {
    const padding = new Uint8Array((BLOCK - bytes.length % BLOCK) % BLOCK);
    parts.push(header(name, bytes.length, mode), bytes, padding);
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function header(name: string, size: number, mode: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const put = (text: string, offset: number) =>
    block.set(new TextEncoder().encode(text), offset);
  const octal = (value: number, digits: number) =>
    value.toString(8).padStart(digits, "0");
  put(name, 0);
  put(octal(mode, 7), 100);
  put(octal(0, 7), 108); // owner
  put(octal(0, 7), 116); // group
  put(octal(size, 11), 124);
  put(octal(0, 11), 136); // date
  put(" ".repeat(8), 148); // the checksum counts as spaces in the sum
  put("0", 156); // an ordinary file
  put("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return block;
}
