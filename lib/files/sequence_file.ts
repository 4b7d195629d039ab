/**
 * knockd's files of one-time sequences: one a line, a used one has a `#` for its first
 * character.
 */

import { Failure } from "../core/failure.ts";
import { readUpTo } from "./read_up_to.ts";
import { explained } from "./reason.ts";
import {
  oneCharacterAByte,
  parseSequenceFile,
  type SequenceEntry,
  type SequenceFile,
} from "./sequence_lines.ts";

/** Bytes in a sequence file at most. */
const MAX_SEQUENCE_FILE_BYTES = 4 * 1024 * 1024;

/** Reads a sequence file from disk. */
export function readSequenceFile(path: string): SequenceFile {
  return parseSequenceFile(readBytes(path));
}

/** Whether a used sequence could be marked at all. Throws a Failure. */
export function checkMarkable(path: string): void {
  explained(`${path}: a used sequence can't be marked`, () => {
    if (Deno.statSync(path).isFile) Deno.openSync(path, { write: true }).close();
  });
}

/**
 * Writes the `#` of a used sequence, and returns once it is on disk. If the line is not
 * what was read, nothing is written.
 */
export function markUsed(path: string, entry: SequenceEntry): void {
  explained(`${path}: the used sequence can't be marked`, () => {
    using file = Deno.openSync(path, { read: true, write: true });
    file.seekSync(entry.offset, Deno.SeekMode.Start);
    if (oneCharacterAByte(readUpTo(file, entry.text.length)) !== entry.text) {
      throw new Failure(
        `${path}:${entry.line}: the line of the used sequence has changed`,
        "the file must not be edited while knockd runs; reload knockd",
      );
    }
    file.seekSync(entry.offset, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode("#"));
    file.syncSync();
  });
}

function readBytes(path: string): Uint8Array {
  return explained(`${path}: the sequences can't be read`, () => {
    // Before it is opened: that would wait for whoever writes into a pipe.
    if (!Deno.statSync(path).isFile) {
      throw new Failure(`${path}: this is not a file of sequences`);
    }
    using file = Deno.openSync(path);
    const bytes = readUpTo(file, MAX_SEQUENCE_FILE_BYTES + 1);
    if (bytes.length > MAX_SEQUENCE_FILE_BYTES) {
      throw new Failure(
        `${path}: the file has more than ${MAX_SEQUENCE_FILE_BYTES} bytes`,
      );
    }
    return bytes;
  });
}
