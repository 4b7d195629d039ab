/**
 * The text of a config or secret file, read with care: bounded, UTF-8, and with what
 * the permission check needs.
 */

import type { Problem } from "./problem.ts";
import { readUpTo } from "./read_up_to.ts";
import { hintFor, reason } from "./reason.ts";
import { decodeLines, firstBrokenByte, positionOf } from "./utf8.ts";

/** Bytes in a config at most. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

export interface Source {
  /** The path it was asked for by. */
  readonly path: string;
  readonly text: string;
  /** Permission bits; `undefined` where the system has none. */
  readonly mode: number | undefined;
  /** The owner's user id; `undefined` where the system has none. */
  readonly owner: number | undefined;
  /** The group's id; `undefined` where the system has none. */
  readonly group?: number | undefined;
  /** Lines, from 1, that are not UTF-8 and were read as Latin-1. */
  readonly latin1Lines?: readonly number[];
}

export interface ReadRules {
  /** Bytes in it at most. */
  readonly maxBytes?: number;
  /** Whether a line that is not UTF-8 is read as Latin-1, and not refused. */
  readonly latin1?: boolean;
}

/** Reads a text file; a problem says why it can't be. */
export function readSource(path: string, rules: ReadRules = {}): Source | Problem {
  const { maxBytes = MAX_CONFIG_BYTES, latin1 = false } = rules;
  try {
    // Before it is opened: that would wait for whoever writes into a pipe.
    const kind = kindOf(Deno.statSync(path));
    if (kind !== undefined) return problem(path, notAFile(kind));
    using file = Deno.openSync(path);
    const { mode, uid, gid } = file.statSync();
    const bytes = readUpTo(file, maxBytes + 1);
    const wrong = bytes.length > maxBytes
      ? { message: `the file has more than ${maxBytes} bytes` }
      : notText(bytes);
    if (wrong !== undefined) return problem(path, wrong);
    const broken = firstBrokenByte(bytes);
    if (broken !== undefined && !latin1) {
      return problem(path, { ...NOT_UTF8, ...positionOf(bytes, broken) });
    }
    const decoded = broken === undefined
      ? { text: new TextDecoder().decode(bytes), latin1Lines: [] }
      : decodeLines(bytes);
    const owner = uid ?? undefined;
    return { path, ...decoded, mode: mode ?? undefined, owner, group: gid ?? undefined };
  } catch (error) {
    const hint = hintFor(error, path);
    const message = `the file can't be read: ${reason(error)}`;
    return problem(path, { message, ...(hint === undefined ? {} : { hint }) });
  }
}

/** What is wrong, and where, if it is not the file as a whole. */
type Wrong = Pick<Problem, "message"> & Partial<Problem>;

const AS_UTF8 = "save it as UTF-8";
const NOT_UTF8: Wrong = { message: "this is not UTF-8 text", hint: AS_UTF8 };

function problem(file: string, wrong: Wrong): Problem {
  return { severity: "error", file, line: 0, column: 0, ...wrong };
}

function notAFile(kind: string): Wrong {
  return { message: `this is ${kind}, not a file`, hint: "name a file with the text" };
}

/** Why bytes are none of a text in any encoding that is read. */
function notText(bytes: Uint8Array): Wrong | undefined {
  if (isUtf16(bytes)) return { message: "this is UTF-16", hint: AS_UTF8 };
  const nul = bytes.indexOf(0);
  if (nul < 0) return undefined;
  return {
    message: "this is no text file: it has a NUL byte",
    ...positionOf(bytes, nul),
  };
}

/** By the mark that it begins with, as editors of Windows write it. */
function isUtf16([first, second]: Uint8Array): boolean {
  return first === 0xff && second === 0xfe || first === 0xfe && second === 0xff;
}

function kindOf(info: Deno.FileInfo): string | undefined {
  if (info.isDirectory) return "a directory";
  if (info.isFifo) return "a pipe";
  if (info.isSocket) return "a socket";
  return info.isCharDevice || info.isBlockDevice ? "a device" : undefined;
}
