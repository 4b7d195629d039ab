/** One file of a shell script, a compressed Deno and the program; see header.sh. */

import { tar, type TarFile } from "./tar.ts";

const HEADER = new URL("header.sh", import.meta.url);

/** What goes into the file. */
export interface Parts {
  /** The Deno executable. */
  readonly runtime: Uint8Array<ArrayBuffer>;
  readonly runtimeVersion: string;
  /** What the runtime was built for, as in `x86_64-unknown-linux-gnu`. */
  readonly target: string;
  /** The program's JavaScript files; main.js is where it begins. */
  readonly program: readonly TarFile[];
  readonly programVersion: string;
  /** Between `deno run` and the program. */
  readonly flags: readonly string[];
}

/** The bytes of the self-extracting file. */
export async function selfExtracting(parts: Parts): Promise<Uint8Array<ArrayBuffer>> {
  // In the order in which a shell lists them.
  const files = parts.program.toSorted((a, b) => a.name < b.name ? -1 : 1);
  const program = await join(files.map((file) => file.bytes));
  const runtimeSha256 = await sha256(parts.runtime);
  const programSha256 = await sha256(program);
  const packedRuntime = await gzip(parts.runtime);
  const packedProgram = await tar(files);
  const payload = await join([packedRuntime, packedProgram]);
  const header = fillHeader(await Deno.readTextFile(HEADER), {
    RUNTIME: `deno-${parts.runtimeVersion}-${runtimeSha256.slice(0, 16)}`,
    RUNTIME_SIZE: parts.runtime.length,
    RUNTIME_PACKED: packedRuntime.length,
    RUNTIME_SHA256: runtimeSha256,
    PROGRAM: `knockd-${parts.programVersion}-${programSha256.slice(0, 16)}`,
    PROGRAM_SIZE: program.length,
    PROGRAM_PACKED: packedProgram.length,
    PROGRAM_SHA256: programSha256,
    PAYLOAD_SHA256: await sha256(payload),
    TARGET: parts.target,
    FLAGS: parts.flags.join(" "),
  });
  return await join([header, payload]);
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

async function join(
  parts: readonly Uint8Array<ArrayBuffer>[],
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob([...parts]).arrayBuffer());
}
