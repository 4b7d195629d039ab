/** What is wrong, or looks wrong, in the commands of a door. */

import { parseAddress } from "../../core/address.ts";
import type { Command, Door } from "../../core/door.ts";
import { expandCommand, isShellSafe, placeholdersOf } from "../../core/template.ts";
import type { Draft } from "../draft.ts";
import type { Finding, Path } from "../problems.ts";
import { type Mistake, placeholderMistakes } from "./placeholders.ts";

/** Judges the commands of a door, each where it is written. */
export function* commandFindings(door: Door, draft: Draft): Generator<Finding> {
  for (const [path, command] of commandsOf(door, draft)) {
    const message = commandProblem(command, door);
    if (message !== undefined) yield { severity: "error", path, message };
    const inShell = hasShell(command);
    for (const [own, text] of textsOf(path, command)) {
      const mistakes = [
        ...placeholderMistakes(text),
        ...(inShell ? [] : unexpanded(text)),
      ];
      for (const mistake of mistakes) {
        yield { severity: "warning", name: "no-placeholder", path: own, ...mistake };
      }
      for (const mistake of copyMistakes(text)) {
        yield { severity: "warning", name: "copied-text", path: own, ...mistake };
      }
    }
  }
}

function commandsOf({ name, start, stop }: Door, draft: Draft): [Path, Command][] {
  const commands: [readonly string[], Command | undefined][] = [
    [["start_command", "command"], start?.ipv4],
    [["start_command_6", "command_6"], other(start?.ipv6, start?.ipv4)],
    [["stop_command"], stop?.ipv4],
    [["stop_command_6"], other(stop?.ipv6, stop?.ipv4)],
  ];
  return commands.flatMap(([names, command]): [Path, Command][] => {
    if (command === undefined) return [];
    const path = ["doors", name];
    const written = names.find((name) => draft.has([...path, name])) ?? names[0]!;
    return [[[...path, written], command]];
  });
}

/** The IPv6 command, unless it is the one for IPv4 once more. */
function other(ipv6: Command | undefined, ipv4: Command | undefined) {
  return ipv6 === ipv4 ? undefined : ipv6;
}

function textsOf(path: Path, command: Command): [Path, string][] {
  if (typeof command === "string") return [[path, command]];
  return command.map((text, index) => [[...path, index], text]);
}

function hasShell(command: Command): boolean {
  return typeof command === "string" ||
    command.some((word) => /(^|\/)((ba|da|k|z)?sh|env)$/.test(word));
}

/** A variable of the environment that no shell puts a value in the place of. */
function unexpanded(text: string): Mistake[] {
  return [...text.matchAll(/\$\{?KNOCK_(IP|DOOR|CLIENT|PORT)\b\}?/g)].map((found) => ({
    offset: found.index,
    message: `${found[0]} stays as it is: this command runs without a shell`,
    hint: `write %${found[1]}%`,
  }));
}

/** What word processors and web pages make of a command that is copied from them. */
const COPIED: readonly [RegExp, (found: string) => Omit<Mistake, "offset">][] = [
  [/[“”„‘’]/, (found) => ({
    message: `${found} is no quote to a shell; it takes it for a letter`,
    hint: `write ' or "`,
  })],
  [/(?<=\s)[–—]+(?=[A-Za-z])/, (found) => ({
    message: `${found} is no hyphen to a program; it takes it for a letter`,
    hint: "write - or --",
  })],
  [/\u00a0/, () => ({
    message: "a no-break space is no space to a shell; it takes it for a letter",
    hint: "write a space",
  })],
  [/&(amp|quot|lt|gt|#39);/, (found) => ({
    message: `${found} is a web page's way to write a character`,
    hint: "write the character itself",
  })],
];

/** The first of each kind. */
function copyMistakes(text: string): Mistake[] {
  return COPIED.flatMap(([pattern, mistake]) => {
    const found = pattern.exec(text);
    return found === null ? [] : [{ offset: found.index, ...mistake(found[0]) }];
  });
}

function commandProblem(command: Command, door: Door): string | undefined {
  if (command[0] === "") return "the name of the program is empty";
  const placeholders = placeholdersOf(command);
  if (placeholders.has("CLIENT") && door.key.kind !== "otp") {
    return "%CLIENT% is known on a door with an otp table only";
  }
  const inShell = typeof command === "string";
  if (inShell && placeholders.has("DOOR") && !isShellSafe(door.name)) {
    return "%DOOR% can't go into a shell command: the door's name has characters other " +
      "than letters, digits and . : _ @ -";
  }
  return isTooLong(command, door)
    ? `it has more than ${LONGEST_WORD} bytes in one word, which no program takes`
    : undefined;
}

/** Of one argument, as Linux takes it. */
const LONGEST_WORD = 128 * 1024 - 1;
/** Whatever stands in it for a placeholder, it does not become as long as that. */
const SHORT = 1000;
const LONGEST_IP = parseAddress("1111:".repeat(7) + "1111")!;
const LONGEST_CLIENT = "x".repeat(64);

/** Whether a word of a command is longer than it may be, for some knock. */
function isTooLong(command: Command, { name, key }: Door): boolean {
  if ([command].flat().every((text) => text.length < SHORT)) return false;
  const client = key.kind === "otp" ? { client: LONGEST_CLIENT } : {};
  const words = expandCommand(command, {
    ip: LONGEST_IP,
    door: name,
    port: 65_535,
    ...client,
  });
  return typeof words !== "string" &&
    words.some((word) => new TextEncoder().encode(word).length > LONGEST_WORD);
}
