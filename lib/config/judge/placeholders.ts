/**
 * What looks like a placeholder in a command and is none: the shell gets it as it is, and
 * the door opens for nobody, or for everybody.
 *
 * @module
 */
import { PLACEHOLDER_NAMES, withoutPlaceholders } from "../../core/template.ts";
import { nearest } from "../nearest.ts";

/** A mistake in a command. */
export interface Mistake {
  /** Characters from the start. */
  readonly offset: number;
  /** What is wrong. */
  readonly message: string;
  /** What was meant. */
  readonly hint?: string;
}

/** `%IPP%` and `%ip%`; what a date has between two signs is not meant: `%H%M`, `%dT%H`. */
const CLOSED = /%(ip|Ip|[A-Z][A-Z0-9_]+|[A-Za-z]{3,})%/g;
/** `%IP` and `%ip`, but not the start of a longer word. */
const UNCLOSED = /%(IP|DOOR|CLIENT|PORT)(?![A-Za-z0-9_%])/gi;
/** `IP%`. */
const UNOPENED = /(?<![A-Za-z0-9_%])(IP|DOOR|CLIENT|PORT)%/g;

/** Every such word of a command, in order. */
export function placeholderMistakes(text: string): Mistake[] {
  // What is one has the same length without its meaning.
  const rest = withoutPlaceholders(text);
  return [CLOSED, UNCLOSED, UNOPENED]
    .flatMap((pattern) => [...rest.matchAll(pattern)])
    .filter(([, name = ""]) => isMeant(name))
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, 0: found, 1: name = "" }) => ({
      offset: index,
      message: `${found} is no placeholder; it stays in the command as it is`,
      hint: hintFor(name),
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
