/**
 * The commands of a door for one opening of it.
 *
 * @module
 */
import type { Command, Commands, Opening } from "../core/door.ts";
import { Failure } from "../core/failure.ts";
import { commandEnvironment, expandCommand } from "../core/template.ts";
import type { Job } from "./runner.ts";

/** The command that opens, if the door has one for the knocker's family. */
export function startJob(opening: Opening): Job | undefined {
  return job("start", opening.door.start, opening);
}

/** The command that closes, if the door has one for the knocker's family. */
export function stopJob(opening: Opening): Job | undefined {
  return job("stop", opening.door.stop, opening);
}

function job(
  kind: Job["kind"],
  commands: Commands | undefined,
  { door, address, port, client }: Opening,
): Job | undefined {
  const command = address.family === 4 ? commands?.ipv4 : commands?.ipv6;
  if (command === undefined) return undefined;
  const values = {
    ip: address,
    door: door.name,
    port,
    ...(client === undefined ? {} : { client: client.name }),
  };
  const argv = expandCommand(command, values);
  if (typeof argv === "string") throw new Failure(`${kind} command: ${argv}`);
  return {
    door: door.name,
    kind,
    argv,
    shown: shown(command, argv),
    env: commandEnvironment(values),
    timeout: door.commandTimeout,
  };
}

/** The line as it was written in the config, its placeholders filled in. */
function shown(command: Command, argv: readonly string[]): string {
  return typeof command === "string" ? argv.at(-1) ?? "" : argv.join(" ");
}
