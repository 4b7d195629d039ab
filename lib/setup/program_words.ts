/** The command line as plain words: what help, completions and manuals are made of. */

import { FINDING_NAMES } from "../config/finding_names.ts";

export interface OptionWords {
  /** `-c`, if there is a short form. */
  readonly short?: string;
  /** `--config`. */
  readonly long: string;
  /** What stands for its value: `file`; absent: it takes none. */
  readonly value?: string;
  /** Whether that may be left out. */
  readonly optional: boolean;
  readonly description: string;
  /** What holds without it. */
  readonly fallback?: string;
}

export interface OperandWords {
  /** Its name: `door`. */
  readonly name: string;
  /** Whether it may be left out. */
  readonly optional: boolean;
  /** Whether there may be several. */
  readonly many: boolean;
  /** What it is; may be empty. */
  readonly description: string;
  /** What holds without it. */
  readonly fallback?: string;
}

/** A command, and those below it. */
export interface CommandWords {
  /** Its name: `enroll`. */
  readonly name: string;
  /** What it does, in a line. */
  readonly description: string;
  readonly operands: readonly OperandWords[];
  /** Its options, `--help` left out. */
  readonly options: readonly OptionWords[];
  /** The commands below it. */
  readonly commands: readonly CommandWords[];
}

/** The options and commands that a word may be completed to. */
export function wordsOf(command: CommandWords): string[] {
  const options = command.options.flatMap(spellingsOf);
  return [...command.commands.map(({ name }) => name), ...options, "--help"];
}

/** The forms of an option that there are, the short one first. */
export function spellingsOf({ short, long }: OptionWords): string[] {
  return short === undefined ? [long] : [short, long];
}

/** Every command with the path that leads to it: `profile add`; the program's is empty. */
export function pathsOf(
  command: CommandWords,
  path: readonly string[] = [],
): { readonly path: readonly string[]; readonly command: CommandWords }[] {
  const below = command.commands.flatMap((child) =>
    pathsOf(child, [...path, child.name])
  );
  return [{ path, command }, ...below];
}

/** Names that are asked for while a line is typed. */
export type NameSource = "doors" | "clients" | "profiles";

/** What an operand or a value can be completed with: names, files, or words that are known. */
export type WordSource = NameSource | "files" | readonly string[];

/** What can be chosen, by the command and the operand or value. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  "check names": FINDING_NAMES,
  "completions shell": ["bash", "zsh", "fish"],
  "firewall what": ["up", "down", "status", "trace", "nft", "iptables"],
  "fleet what": ["init", "status", "forget"],
  "knock form": ["packet", "sequence"],
  "man page": ["knockd.8", "knock.1", "knock.toml.5", "knockd-protocol.7"],
  "otp form": ["packet", "sequence"],
  "service kind": [
    ...["systemd", "guard", "openrc", "openrc-guard", "sysv", "sysv-guard", "container"],
  ],
  "status format": ["openmetrics", "prometheus"],
};

const FILES: readonly string[] = ["file", "dir", "directory", "socket", "config"];

/** Where the words for an operand or a value come from, by its name. */
export function sourceOf(name: string, path: readonly string[]): WordSource {
  if (name === "door") return "doors";
  if (name === "client") return "clients";
  if (name === "profile") return "profiles";
  if (name === "host" && path.at(-1) === "knock") return "profiles";
  if (name === "name" && path[0] === "profile") return "profiles";
  return FILES.includes(name) ? "files" : CHOICES[`${path.join(" ")} ${name}`] ?? [];
}
