/** The commands of a door for one opening of it. */

import type { Address } from "../../core/address.ts";
import type { Command, Commands, Opening } from "../../core/door.ts";
import { Failure } from "../../core/failure.ts";
import { expandCommand, knockEnvironment } from "../../core/template.ts";
import type { Job } from "./job.ts";

/** What opens and what closes; either may be missing for the knocker's family. */
export interface DoorJobs {
  readonly start: Job | undefined;
  readonly stop: Job | undefined;
}

/** The commands that an opening runs. */
export function jobsOf(opening: Opening): DoorJobs {
  const { start, stop } = opening.door;
  const closing = job("stop", stop, opening);
  const kind = closing === undefined ? "plain" : "start";
  return { start: job(kind, start, opening), stop: closing };
}

/** Which of a door's commands is for an address. */
export function commandOf(
  commands: Commands | undefined,
  { family }: Address,
): Command | undefined {
  return family === 4 ? commands?.ipv4 : commands?.ipv6;
}

function job(
  kind: Job["kind"],
  commands: Commands | undefined,
  { door, address, port, client }: Opening,
): Job | undefined {
  const command = commandOf(commands, address);
  if (command === undefined) return undefined;
  const values = {
    ip: address,
    door: door.name,
    port,
    ...(client === undefined ? {} : { client: client.name }),
  };
  const argv = expandCommand(command, values);
  if (typeof argv === "string") {
    throw new Failure(`${kind === "stop" ? "stop" : "start"} command: ${argv}`);
  }
  return {
    door: door.name,
    ip: address.text,
    kind,
    argv,
    shown: shown(command, argv),
    env: knockEnvironment(values),
    timeout: door.commandTimeout,
  };
}

/** The line as it was written in the config, its placeholders filled in. */
function shown(command: Command, argv: readonly string[]): string {
  return typeof command === "string" ? argv.at(-1) ?? "" : argv.join(" ");
}
