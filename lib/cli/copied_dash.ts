/** Options copied from a web page that has made other dashes of their hyphens. */

import { UsageError } from "../core/failure.ts";

const DASH = /^[\u2010-\u2015\u2212]-?(?=[A-Za-z0-9])/u;

/** Whether a word begins with a dash that is no hyphen, as an option does. */
export function hasCopiedDash(word: string): boolean {
  return DASH.test(word);
}

/** Refuses such a word: it would be taken for a host or a command. */
export function refuseCopiedDash(args: readonly string[]): void {
  const end = args.indexOf("--");
  const word = args.slice(0, end < 0 ? undefined : end).find(hasCopiedDash);
  if (word === undefined) return;
  const name = word.replace(DASH, "");
  const meant = /^[a-z]\d*$/i.test(name) ? `-${name}` : `--${name}`;
  throw new UsageError(
    `"${word}" begins with a dash that is no hyphen`,
    `type it anew: ${meant}`,
  );
}
