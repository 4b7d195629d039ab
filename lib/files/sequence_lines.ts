/** The lines of a file of one-time sequences. */

import type { Sequence } from "../core/door.ts";
import { formatSequence, parseSequence } from "../core/sequence.ts";

/** A line with an unused sequence. */
export interface SequenceEntry {
  /** Line, from 1. */
  readonly line: number;
  /** Where the line starts in the file, in bytes. */
  readonly offset: number;
  /** The line as it is, one character a byte. */
  readonly text: string;
  readonly sequence: Sequence;
}

/** What is wrong with a line. */
export interface SequenceFileProblem {
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
  readonly message: string;
}

export interface SequenceFile {
  /** The unused sequences, the next one first. */
  readonly unused: readonly SequenceEntry[];
  /** How many are used up, or commented out. */
  readonly used: number;
  /** The lines that are neither; they are passed over. */
  readonly problems: readonly SequenceFileProblem[];
}

/** What Windows' editor puts before UTF-8. */
const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

/** Reads the bytes of a sequence file. */
export function parseSequenceFile(bytes: Uint8Array): SequenceFile {
  const unused: SequenceEntry[] = [];
  const problems: SequenceFileProblem[] = [];
  let used = 0;
  const all = oneCharacterAByte(bytes);
  let offset = all.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  for (const [index, text] of all.slice(offset).split("\n").entries()) {
    const line = index + 1;
    const trimmed = text.trim();
    if (trimmed.startsWith("#")) used++;
    else if (trimmed !== "") {
      const { sequence, problems: [problem] } = parseSequence(withoutComment(text));
      if (problem === undefined) unused.push({ line, offset, text, sequence });
      else problems.push({ line, column: problem.offset + 1, message: problem.message });
    }
    offset += text.length + 1;
  }
  return { unused, used, problems };
}

/** knockd 0.8 takes the digits of a port and leaves what follows them. */
function withoutComment(text: string): string {
  return text.replace(/#.*$/s, "");
}

/** The lines whose sequence stands in one before them. */
export function repeatedLines({ unused }: SequenceFile): SequenceFileProblem[] {
  const lines = new Map<string, number>();
  return unused.flatMap(({ line, sequence }) => {
    const first = lines.getOrInsert(formatSequence(sequence), line);
    const message = `that of line ${first} again: whoever saw it knows this one`;
    return first === line ? [] : { line, column: 1, message };
  });
}

/** Offsets into the text are then offsets into the file, whatever its encoding. */
export function oneCharacterAByte(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
