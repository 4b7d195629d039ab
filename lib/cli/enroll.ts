/** `knockd enroll`: a new client of a rotating door. */

import { Command } from "@commander-js/extra-typings";
import { DEFAULT_CONFIG } from "../config/default_config.ts";
import { UsageError } from "../core/failure.ts";

export function enrollCommand(): Command {
  return new Command("enroll")
    .description(
      "make a client of a rotating door: a secret, and the URI that carries it",
    )
    .argument("<door>", "the door's name in the config")
    .argument("<client>", "a name for whoever is to open it")
    .option("--host <name>", "name or address by which the client reaches this machine")
    .option("-c, --config <file>", "the config", DEFAULT_CONFIG)
    .option(
      "--secret-dir <dir>",
      "where the secret is stored; a directory secrets beside the config by default",
    )
    .option("--rotate", "give a client that there is a new secret, for its old one")
    .option("--print", "leave the config alone, and print the lines to add")
    .option("--uri-only", "print the URI and nothing else")
    .option("--no-qr", "draw no QR code")
    .option(
      "--page <url>",
      "show the link to the page at URL (see knockd page) in place of the URI",
      pageUrl,
    )
    .addHelpText("after", "\nExample: knockd enroll ssh alice --host gate.example.org")
    .action(async (door, client, options) => {
      const { enrollClient } = await import("./actions/enroll.ts");
      await enrollClient(door, client, options);
    }) as unknown as Command;
}

function pageUrl(text: string): string {
  if (/^(https|file):\/\/[^\s#]+$/.test(text)) return text;
  throw new UsageError(
    `--page ${JSON.stringify(text.slice(0, 100))} is no https:// address of a page`,
    "over http, browsers give a page no keys: --page https://example.org/knock.html",
  );
}
