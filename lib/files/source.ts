/**
 * The text of a config or secret file, read with care: bounded, UTF-8, and with what
 * the permission check needs.
 *
 * @module
 */
import type { Problem } from "./problem.ts";

/** Bytes in a config at most. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** A file that was read. */
export interface Source {
  /** The path it was asked for by. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /** Permission bits; `undefined` where the system has none. */
  readonly mode: number | undefined;
  /** The owner's user id; `undefined` where the system has none. */
  readonly owner: number | undefined;
}

/** Reads a text file; a problem says why it can't be. */
export function readSource(path: string, maxBytes = MAX_CONFIG_BYTES): Source | Problem {
  const failed = (message: string, line = 0, column = 0): Problem => ({
    severity: "error",
    file: path,
    line,
    column,
    message,
  });
  try {
    using file = Deno.openSync(path);
    const info = file.statSync();
    if (info.isDirectory) return failed("this is a directory, not a file");
    const bytes = readUpTo(file, maxBytes + 1);
    if (bytes.length > maxBytes) {
      return failed(`the file has more than ${maxBytes} bytes`);
    }
    const nul = bytes.indexOf(0);
    if (nul >= 0) {
      const { line, column } = positionOf(bytes, nul);
      return failed("this is no text file: it has a NUL byte", line, column);
    }
    const broken = firstBrokenByte(bytes);
    if (broken !== undefined) {
      const { line, column } = positionOf(bytes, broken);
      return failed("this is not UTF-8 text", line, column);
    }
    const text = new TextDecoder().decode(bytes);
    return { path, text, mode: info.mode ?? undefined, owner: info.uid ?? undefined };
  } catch (error) {
    return failed(`the file can't be read: ${reason(error)}`);
  }
}

/** Why only its owner should be able to read a file with secrets, or nothing. */
export function exposure(source: Source): { message: string; hint: string } | undefined {
  if (source.mode !== undefined && (source.mode & 0o077) !== 0) {
    const mode = (source.mode & 0o777).toString(8).padStart(4, "0");
    return {
      message: `the file holds a secret and others may open it (mode ${mode})`,
      hint: `chmod 600 ${source.path}`,
    };
  }
  const self = source.owner === undefined ? undefined : Deno.uid();
  if (self !== undefined && source.owner !== 0 && source.owner !== self) {
    return {
      message: `the file holds a secret and belongs to user ${source.owner}`,
      hint: `chown root ${source.path}`,
    };
  }
  return undefined;
}

function readUpTo(file: Deno.FsFile, limit: number): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  while (total < limit) {
    const chunk = new Uint8Array(Math.min(65536, limit - total));
    const count = file.readSync(chunk);
    if (count === null) break;
    chunks.push(chunk.subarray(0, count));
    total += count;
  }
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Binary search, as a prefix of text that ends within a character is still decodable. */
function firstBrokenByte(bytes: Uint8Array<ArrayBuffer>): number | undefined {
  if (isUtf8(bytes, false)) return undefined;
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  // A character that was begun before the break belongs to it.
  while (!isUtf8(bytes.subarray(0, good), false)) good--;
  return good;
}

function isUtf8(bytes: Uint8Array<ArrayBuffer>, cut: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: cut });
    return true;
  } catch {
    return false;
  }
}

function positionOf(bytes: Uint8Array, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let i = 0; i < offset; i++) {
    if (bytes[i] === 0x0a) {
      line++;
      start = i + 1;
    }
  }
  return { line, column: offset - start + 1 };
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) {
    return "knockd was started without the right";
  }
  return error instanceof Error ? error.message : `${error}`;
}
