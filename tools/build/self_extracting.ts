/** One file of a shell script, a compressed Deno and the program; see header.sh. */

const HEADER = new URL("header.sh", import.meta.url);

/** What goes into the file. */
export interface Parts {
  /** The Deno executable. */
  readonly runtime: Uint8Array<ArrayBuffer>;
  readonly runtimeVersion: string;
  /** What the runtime was built for, as in `x86_64-unknown-linux-gnu`. */
  readonly target: string;
  /** The program as one JavaScript file. */
  readonly program: Uint8Array<ArrayBuffer>;
  readonly programVersion: string;
  /** Between `deno run` and the program. */
  readonly flags: readonly string[];
}

/** The bytes of the self-extracting file. */
export async function selfExtracting(parts: Parts): Promise<Uint8Array<ArrayBuffer>> {
  const packed = await gzip(parts.runtime);
  const payload = concat(packed, parts.program);
  const runtimeSha256 = await sha256(parts.runtime);
  const programSha256 = await sha256(parts.program);
  const values: Record<string, string | number> = {
    RUNTIME: `deno-${parts.runtimeVersion}-${runtimeSha256.slice(0, 16)}`,
    RUNTIME_SIZE: parts.runtime.length,
    RUNTIME_SHA256: runtimeSha256,
    PROGRAM: `knockd-${parts.programVersion}-${programSha256.slice(0, 16)}.js`,
    PROGRAM_SIZE: parts.program.length,
    PROGRAM_SHA256: programSha256,
    PACKED_SIZE: packed.length,
    PAYLOAD_SHA256: await sha256(payload),
    TARGET: parts.target,
    FLAGS: parts.flags.join(" "),
  };
  return concat(fillHeader(await Deno.readTextFile(HEADER), values), payload);
}

/** The SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** The header tells its own size, whose digits are part of that size. */
function fillHeader(
  template: string,
  values: Record<string, string | number>,
): Uint8Array<ArrayBuffer> {
  for (let size = 0;;) {
    const all: Record<string, string | number> = { ...values, HEADER_SIZE: size };
    const text = template.replaceAll(/@([A-Z0-9_]+)@/g, (_, name) => String(all[name]));
    const header = new TextEncoder().encode(text);
    if (header.length === size) return header;
    size = header.length;
  }
}

function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(packed).bytes();
}

function concat(
  first: Uint8Array<ArrayBuffer>,
  second: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
