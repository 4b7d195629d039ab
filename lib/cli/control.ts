/**
 * Talking to the running daemon: `status`, `close`, `reload`, `confirm`.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { Failure, UsageError } from "../core/failure.ts";
import type { ControlRequest } from "../server/control/message.ts";
import type { Closed } from "../server/leases/close_within.ts";
import type { Status } from "../server/status.ts";
import { print } from "./terminal.ts";

interface Where {
  readonly config?: string | undefined;
  readonly control?: string | undefined;
}

/** `knockd status`: what the daemon is doing. */
export function statusCommand(): Command {
  return subcommand("status", "what the running daemon hears, and which doors are open")
    .option("--json", "print it as JSON")
    .option("--watch", "print it anew every second")
    .action(async ({ json, watch, ...where }) => {
      const ask = async () => await send(where, { command: "status" }) as Status;
      if (watch) return await (await import("./watch.ts")).watchStatus(ask);
      const status = await ask();
      if (json) return print(JSON.stringify(status, undefined, 2));
      const { statusLines } = await import("./status_lines.ts");
      for (const line of statusLines(status)) print(line);
    }) as unknown as Command;
}

/** `knockd close`: closes open doors now. */
export function closeCommand(): Command {
  return subcommand("close", "close a door now: for everybody, or for one address")
    .argument("[door]", "the door")
    .argument("[ip]", "the address that it is open for")
    .option("--all", "close every door")
    .action(async (door, address, { all, ...where }) => {
      if ((door === undefined) === (all === undefined)) {
        throw new UsageError("close takes a door, or --all");
      }
      const request: ControlRequest = door === undefined
        ? { command: "close", all: true }
        : { command: "close", door, ...(address === undefined ? {} : { address }) };
      const { closed, failing } = await send(where, request) as Closed;
      print(closed === 1 ? "closed 1 lease" : `closed ${closed} leases`);
      if (failing === 0) return;
      throw new Failure(
        failing === 1 ? "1 lease is still open" : `${failing} leases are still open`,
        "their stop commands fail, and are tried again; the daemon's log says why",
      );
    }) as unknown as Command;
}

/** `knockd reload`: reads the config again. */
export function reloadCommand(): Command {
  return subcommand(
    "reload",
    "let the daemon read its config again; a wrong one is refused",
  )
    .action(async (where) => {
      await send(where, { command: "reload" });
    }) as unknown as Command;
}

/** `knockd confirm`: ends a trial well. */
export function confirmCommand(): Command {
  return subcommand("confirm", "let a daemon on trial (serve --trial) run on")
    .action(async (where) => {
      await send(where, { command: "confirm" });
    }) as unknown as Command;
}

/** `knockd resync`: lets a client in again after both clocks were ahead. */
export function resyncCommand(): Command {
  return subcommand(
    "resync",
    "let a client in again whose spent step lies in the future, as a clock was ahead",
  )
    .argument("<door>", "the door")
    .argument("<client>", "the client's name there")
    .addHelpText("after", RESYNC_HELP)
    .action(async (door, client, where) => {
      const spent = await send(where, { command: "resync", door, client });
      if (typeof spent !== "number") {
        return print(`nothing to do: ${client}'s spent step is not in the future`);
      }
      print(`${client} is let in again by steps after the present one`);
      print(`what was spent up to ${new Date(spent).toISOString()} stays spent`);
    }) as unknown as Command;
}

const RESYNC_HELP = `
Set this machine's clock first. The client, if its clock was ahead too, then runs
"knockd profile resync".

Example: knockd resync ssh alice`;

function subcommand(name: string, description: string) {
  return new Command(name)
    .description(description)
    .option("-c, --config <file>", "config of the daemon, which names its control socket")
    .option("--control <socket>", "the daemon's control socket");
}

async function send(where: Where, request: ControlRequest): Promise<unknown> {
  const { requestControl } = await import("../server/control/client.ts");
  return await requestControl(await socketOf(where), request);
}

/** Who may use the socket need not be able to read the config. */
async function socketOf({ config, control }: Where): Promise<string> {
  const { DEFAULT_CONTROL } = await import("../config/config.ts");
  if (control !== undefined) return control;
  if (config === undefined) return DEFAULT_CONTROL;
  const { loadConfigOrThrow } = await import("../config/load.ts");
  return (await loadConfigOrThrow(config)).config.options.control;
}
