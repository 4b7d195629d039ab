/** Talking to the running daemon: `status`, `close`, `reload`, `confirm`, `resync`. */

import type { Command } from "@commander-js/extra-typings";
import { daemonCommand } from "./daemon_command.ts";

/** `knockd status`: what the daemon is doing. */
export function statusCommand(): Command {
  return daemonCommand(
    "status",
    "what the running daemon hears, and which doors are open",
  )
    .option("--json", "print it as JSON")
    .option("--metrics [format]", "print its numbers as openmetrics or prometheus text")
    .option("--watch", "print it anew every second")
    .addHelpText("after", "\nExample: knockd status --watch")
    .action(async (options) => {
      const { status } = await actions();
      await status(options);
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
    .action(async (door, address, options) => {
      const { close } = await actions();
      await close(door, address, options);
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
      const { reload } = await actions();
      await reload(where);
    }) as unknown as Command;
}

/** `knockd confirm`: ends a trial well. */
export function confirmCommand(): Command {
  return daemonCommand("confirm", "let a daemon on trial (serve --trial) run on")
    .addHelpText("after", "\nExample: knockd confirm")
    .action(async (where) => {
      const { confirm } = await actions();
      await confirm(where);
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
      const { resyncClient } = await actions();
      await resyncClient(door, client, where);
    }) as unknown as Command;
}

function actions() {
  return import("./actions/control.ts");
}

const RESYNC_HELP = `
Set this machine's clock first. The client, if its clock was ahead too, then
runs "knockd profile resync".

Example: knockd resync ssh alice`;
