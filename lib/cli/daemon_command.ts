/** A subcommand about a daemon: the options that say which one is meant. */

import { Command } from "@commander-js/extra-typings";

/** What a command line says of the daemon that it means. */
export interface Where {
  readonly config?: string | undefined;
  readonly interface?: string | undefined;
  readonly control?: string | undefined;
}

/** A subcommand that talks to a daemon. */
export function daemonCommand(name: string, description: string) {
  return new Command(name)
    .description(description)
    .option("-c, --config <file>", "the daemon's config")
    .option("-i, --interface <name>", "the interface that it was started with")
    .option("--control <socket>", "the daemon's control socket");
}
