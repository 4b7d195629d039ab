/** `knockd completions`: what a shell needs to complete our command lines. */

import { ownEntry } from "../../core/own_entry.ts";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { loadProfiles, profileDirectory } from "../../client/profiles.ts";
import { loadConfig } from "../../config/load.ts";
import { Failure, orFailure, UsageError } from "../../core/failure.ts";
import { commandWords } from "../command_words.ts";
import { bashCompletion } from "../../setup/completions/bash.ts";
import { fishCompletion } from "../../setup/completions/fish.ts";
import { zshCompletion } from "../../setup/completions/zsh.ts";
import type { CommandWords } from "../../setup/program_words.ts";
import { print } from "../terminal.ts";

/** What a name may consist of to be offered: nothing that a shell could take for its own. */
const PLAIN_NAME = /^[\w.@:+/][\w.@:+/-]{0,99}$/;

const SCRIPTS: Readonly<Record<string, (words: CommandWords) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function printScript(shell: string, program: CommandUnknownOpts): void {
  const script = ownEntry(SCRIPTS, shell);
  if (script === undefined) {
    throw new UsageError(
      `no completions for ${JSON.stringify(shell.slice(0, 40))}`,
      "knockd completions bash, zsh or fish",
    );
  }
  print(script(commandWords(program)).trimEnd());
}

/** A shell that asks amid a line wants names or nothing, never an error. */
export async function printNames(
  [what, door]: readonly string[],
  config: string,
): Promise<void> {
  const names = what === "profiles" ? profileNames() : await configNames(config);
  for (const name of names) if (PLAIN_NAME.test(name)) print(name);

  async function configNames(path: string): Promise<readonly string[]> {
    const doors = (await loadConfig(path)).config?.doors ?? [];
    if (what === "doors") return doors.map(({ name }) => name);
    return doors.filter(({ name }) => name === door).flatMap(({ key }) =>
      what === "clients" && key.kind === "otp" ? key.clients.map(({ name }) => name) : []
    );
  }
}

function profileNames(): readonly string[] {
  const profiles = orFailure(() => loadProfiles(profileDirectory()));
  return profiles instanceof Failure ? [] : profiles.map(({ name }) => name);
}
