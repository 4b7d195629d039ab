/**
 * What looks like a placeholder in a command and is none: the shell gets it as it is, and
 * the door opens for nobody, or for everybody.
 */

import { PLACEHOLDER_NAMES, withoutPlaceholders } from "../../core/template.ts";
import { nearest } from "../nearest.ts";

export interface Mistake {
  /** Characters from the start. */
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

/** `%IPP%` and `%ip%`; what a date has between two signs is not meant: `%H%M`, `%dT%H`. */
const CLOSED = /%(ip|Ip|[A-Z][A-Z0-9_]+|[A-Za-z]{3,})%/g;
/** `%IP` and `%ip`, but not the start of a longer word. */
const UNCLOSED = /%(IP|DOOR|CLIENT|PORT)(?![A-Za-z0-9_%])/gi;
/** `IP%`. */
const UNOPENED = /(?<![A-Za-z0-9_%])(IP|DOOR|CLIENT|PORT)%/g;

/** A variable that the daemon does not set; one with a default of its own is not meant. */
const VARIABLE = /\$(?:IP(?![A-Za-z0-9_])|\{IP\})/gi;
/** What may set it for all one can tell. */
const SETS = /\bip=|\b(read|for|export|eval|source|awk)\b|(^|[;&|]\s*)\.\s/i;

/** Every such word of a command, in order. */
export function placeholderMistakes(text: string): Mistake[] {
  // What is one has the same length without its meaning.
  const rest = withoutPlaceholders(text);
  const words = [CLOSED, UNCLOSED, UNOPENED]
    .flatMap((pattern) => [...rest.matchAll(pattern)])
    .filter(([, name = ""]) => isMeant(name))
    .map(({ index, 0: found, 1: name = "" }) => ({
      offset: index,
      message: `${found} is no placeholder; it stays in the command as it is`,
      hint: hintFor(name),
    }));
  return [...words, ...variables(rest)].toSorted((a, b) => a.offset - b.offset);
}

function variables(text: string): Mistake[] {
  if (SETS.test(text)) return [];
  return [...text.matchAll(VARIABLE)].map(({ index, 0: found }) => ({
    offset: index,
    message: `${found} is empty: nothing sets it`,
    hint: "did you mean %IP%?",
  }));
}

/** A long word in capitals is meant as one, a shorter one if it is near one. */
function isMeant(name: string): boolean {
  return /^[A-Z0-9_]{4,}$/.test(name) || nearest(name, PLACEHOLDER_NAMES) !== undefined;
}

function hintFor(name: string): string {
  const known = PLACEHOLDER_NAMES.map((known) => `%${known}%`).join(", ");
  const meant = nearest(name, PLACEHOLDER_NAMES);
  return meant === undefined ? `there are ${known}` : `did you mean %${meant}%?`;
}
