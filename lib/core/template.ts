/**
 * Commands with placeholders, turned into an argument vector. What goes into a shell
 * line comes from a closed alphabet, so that nothing in it can be shell syntax.
 */

import type { Address } from "./address.ts";
import type { Command } from "./door.ts";

/** What a command may be told. */
export interface CommandValues {
  /** The knocker's address: `%IP%`. */
  readonly ip: Address;
  /** The door's name: `%DOOR%`. */
  readonly door: string;
  /** Who knocked, on a rotating door: `%CLIENT%`. */
  readonly client?: string;
  /** The last port that was hit: `%PORT%`. */
  readonly port: number;
}

/** A placeholder that a command may hold. */
export type Placeholder = "IP" | "DOOR" | "CLIENT" | "PORT";

/** All of them. */
export const PLACEHOLDER_NAMES: readonly Placeholder[] = ["IP", "DOOR", "CLIENT", "PORT"];

const PLACEHOLDERS = new RegExp(`%(${PLACEHOLDER_NAMES.join("|")})%`, "g");
const SHELL_SAFE = /^[A-Za-z0-9.:_@-]*$/;

/** Whether a text has no character that means anything to a shell. */
export function isShellSafe(text: string): boolean {
  return SHELL_SAFE.test(text);
}

/** The placeholders in a command. Upper case alone counts, as in knockd 0.8. */
export function placeholdersOf(command: Command): Set<Placeholder> {
  const texts = typeof command === "string" ? [command] : command;
  return new Set(
    texts.flatMap((text) =>
      [...text.matchAll(PLACEHOLDERS)].map((match) => match[1] as Placeholder)
    ),
  );
}

/** A text with spaces in the place of its placeholders. */
export function withoutPlaceholders(text: string): string {
  return text.replace(PLACEHOLDERS, (found) => " ".repeat(found.length));
}

/**
 * The argument vector of a command: `/bin/sh -c` and the line for a string, the
 * arguments themselves for an array. Anything between percent signs that is no
 * placeholder stays as it is: `date +%F%H`.
 *
 * @returns What is wrong, in words for a user, when it is a string.
 */
export function expandCommand(
  command: Command,
  values: CommandValues,
): readonly string[] | string {
  const literals: Record<string, string> = {
    IP: values.ip.text,
    DOOR: values.door,
    CLIENT: values.client ?? "",
    PORT: `${values.port}`,
  };
  const expand = (text: string) =>
    text.replace(PLACEHOLDERS, (_, name: string) => literals[name] ?? "");
  if (typeof command !== "string") return command.map(expand);
  for (const name of placeholdersOf(command)) {
    if (!isShellSafe(literals[name] ?? "")) {
      return `%${name}% can't go into a shell command: its value has characters ` +
        "other than letters, digits and . : _ @ -";
    }
  }
  return ["/bin/sh", "-c", expand(command)];
}

/** The same values as environment variables. */
export function knockEnvironment(values: CommandValues): Record<string, string> {
  return {
    KNOCK_IP: values.ip.text,
    KNOCK_DOOR: values.door,
    KNOCK_CLIENT: values.client ?? "",
    KNOCK_PORT: `${values.port}`,
  };
}
