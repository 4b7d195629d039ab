/**
 * Talking to the running daemon: `status`, `close`, `reload`, `confirm`.
 *
 * @module
 */
import type { Command } from "@commander-js/extra-typings";
import { Failure, UsageError } from "../core/failure.ts";
import type { ControlRequest } from "../server/control/message.ts";
import type { Closed } from "../server/leases/close_within.ts";
import type { Status } from "../server/status.ts";
import { print, printText } from "./terminal.ts";
import { ask, daemonCommand } from "./which_daemon.ts";

/** `knockd status`: what the daemon is doing. */
export function statusCommand(): Command {
  return daemonCommand(
    "status",
    "what the running daemon hears, and which doors are open",
  )
    .option("--json", "print it as JSON")
    .option("--metrics", "print its numbers as OpenMetrics text")
    .option("--watch", "print it anew every second")
    .addHelpText("after", "\nExample: knockd status --watch")
    .action(async ({ json, metrics, watch, ...where }) => {
      if (metrics) return printText(await ask(where, { command: "metrics" }) as string);
      const status = async () => await ask(where, { command: "status" }) as Status;
      if (watch) return await (await import("./status_watch.ts")).watchStatus(status);
      const now = await status();
      if (json) return print(JSON.stringify(now, undefined, 2));
      const { statusLines } = await import("./status_lines.ts");
      for (const line of statusLines(now)) print(line);
    }) as unknown as Command;
}

/** `knockd close`: closes open doors now. */
export function closeCommand(): Command {
  return daemonCommand("close", "close a door now: for everybody, or for one address")
    .argument("[door]", "the door")
    .argument("[ip]", "the address that it is open for")
    .option("--all", "close every door")
    .option("--here", "on this machine alone, not in the whole fleet")
    .addHelpText("after", "\nExample: knockd close ssh 192.0.2.7")
    .action(async (door, address, { all, here, ...where }) => {
      if ((door === undefined) === (all === undefined)) {
        throw new UsageError(
          "close takes a door, or --all",
          "knockd status lists what is open",
        );
      }
      const more = here ? { here } as const : {};
      const request: ControlRequest = door === undefined
        ? { command: "close", all: true, ...more }
        : { command: "close", door, ...(address && { address }), ...more };
      const { closed, failing } = await ask(where, request) as Closed;
      if (closed + failing === 0) {
        throw new Failure("nothing is open there", "knockd status lists what is open");
      }
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
  return daemonCommand(
    "reload",
    "let the daemon read its config again; a wrong one is refused",
  )
    .addHelpText("after", "\nExample: knockd reload")
    .action(async (where) => {
      await ask(where, { command: "reload" });
    }) as unknown as Command;
}

/** `knockd confirm`: ends a trial well. */
export function confirmCommand(): Command {
  return daemonCommand("confirm", "let a daemon on trial (serve --trial) run on")
    .addHelpText("after", "\nExample: knockd confirm")
    .action(async (where) => {
      await ask(where, { command: "confirm" });
    }) as unknown as Command;
}

/** `knockd resync`: lets a client in again after both clocks were ahead. */
export function resyncCommand(): Command {
  return daemonCommand(
    "resync",
    "let a client in again whose spent step lies in the future, as a clock was ahead",
  )
    .argument("<door>", "the door")
    .argument("<client>", "the client's name there")
    .addHelpText("after", RESYNC_HELP)
    .action(async (door, client, where) => {
      const spent = await ask(where, { command: "resync", door, client });
      if (typeof spent !== "number") {
        return print(`nothing to do: ${client}'s spent step is not in the future`);
      }
      print(`${client} is let in again by steps after the present one`);
      print(`what was spent up to ${new Date(spent).toISOString()} stays spent`);
    }) as unknown as Command;
}

const RESYNC_HELP = `
Set this machine's clock first. The client, if its clock was ahead too, then
runs "knockd profile resync".

Example: knockd resync ssh alice`;
