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

/** Where sequences are read from and marked as used; what fails throws a Failure. */
export interface SequenceFiles {
  /** Whether a used sequence could be marked at all. */
  checkMarkable(path: string): void;
  /** Those that are not used, the next one first. */
  unused(path: string): readonly SequenceEntry[];
  /** Lasts when it returns; where the line is not what was read, nothing is marked. */
  markUsed(path: string, entry: SequenceEntry): void;
}

/** The files themselves. */
export const sequencesOnDisk: SequenceFiles = {
  checkMarkable,
  unused: (path) => readSequenceFile(path).unused,
  markUsed,
};

/** What the files have, used up in memory: of them nothing changes. */
export function sequencesInMemory(): SequenceFiles {
  const files = new Map<string, readonly SequenceEntry[]>();
  const unused = (path: string) =>
    files.getOrInsertComputed(path, () => readSequenceFile(path).unused);
  return {
    checkMarkable() {},
    unused,
    markUsed(path, entry) {
      const before = unused(path);
      if (!before.includes(entry)) throw lineChanged(path, entry);
      files.set(path, before.filter((other) => other !== entry));
    },
  };
}

/** Reads a sequence file from disk. */
export function readSequenceFile(path: string): SequenceFile {
  return parseSequenceFile(readBytes(path));
}

function checkMarkable(path: string): void {
  explained(`${path}: a used sequence can't be marked`, () => {
    if (Deno.statSync(path).isFile) Deno.openSync(path, { write: true }).close();
  });
}

/** Writes the `#` of a used sequence. */
function markUsed(path: string, entry: SequenceEntry): void {
  explained(`${path}: the used sequence can't be marked`, () => {
    using file = Deno.openSync(path, { read: true, write: true });
    file.seekSync(entry.offset, Deno.SeekMode.Start);
    if (oneCharacterAByte(readUpTo(file, entry.text.length)) !== entry.text) {
      throw lineChanged(path, entry);
    }
    file.seekSync(entry.offset, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode("#"));
    file.syncSync();
  });
}

function lineChanged(path: string, { line }: SequenceEntry): Failure {
  return new Failure(
    `${path}:${line}: the line of the used sequence has changed`,
    "the file must not be edited while knockd runs; reload knockd",
  );
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
