/** What doors and clients may be called. */

import { MAX_DOOR_NAME } from "./limits.ts";

/** Names that can't be keys: the schema library passes over them in silence. */
export const RESERVED: ReadonlySet<string> = new Set([
  "__proto__",
  "constructor",
  "prototype",
]);
/** Clients: safe in a shell command and in a file name, and never taken for an option. */
export const CLIENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** What is wrong with the name of a client, if anything. */
export function clientNameProblem(name: string): string | undefined {
  if (RESERVED.has(name)) return `a client can't be called ${name}`;
  return CLIENT_NAME.test(name)
    ? undefined
    : "a client's name has 1 to 64 of A-Z a-z 0-9 . _ @ -, the first a letter or digit";
}

/** What is wrong with the name of a door, if anything. */
export function doorNameProblem(name: string): string | undefined {
  if (name === "") return "the name of the door is empty";
  if (name.length > MAX_DOOR_NAME) {
    return `the name of a door has ${MAX_DOOR_NAME} characters at most`;
  }
  // Names go into log lines and onto terminals.
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) {
    return "the name of the door has a character that can't be printed";
  }
  return undefined;
}
