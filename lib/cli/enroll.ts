/**
 * `knockd enroll`: a new client of a rotating door.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import type { Enrolled } from "../config/clients/enroll.ts";
import type { RotateRequest } from "../config/clients/rotate.ts";
import { Failure, UsageError } from "../core/failure.ts";
import type { Newcomer } from "./journal_beforehand.ts";
import { printError } from "./terminal.ts";

/** What the user asked for. */
interface EnrollOptions {
  readonly host?: string | undefined;
  readonly config: string;
  readonly secretDir?: string | undefined;
  readonly rotate?: true | undefined;
  readonly print?: true | undefined;
  readonly uriOnly?: true | undefined;
  readonly page?: string | undefined;
  readonly qr: boolean;
}

/** The subcommand `enroll`. */
export function enrollCommand(): Command {
  return new Command("enroll")
    .description(
      "make a client of a rotating door: a secret, and the URI that carries it",
    )
    .argument("<door>", "the door's name in the config")
    .argument("<client>", "a name for whoever is to open it")
    .option("--host <name>", "name or address by which the client reaches this machine")
    .option("-c, --config <file>", "the config", "/etc/knockd/knock.toml")
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
    .addHelpText(
      "after",
      "\nExample: knockd enroll ssh alice --host gate.example.org",
    )
    .action(enrollClient) as unknown as Command;
}

function pageUrl(text: string): string {
  if (/^(https|file):\/\/[^\s#]+$/.test(text)) return text;
  throw new UsageError(
    `--page ${JSON.stringify(text.slice(0, 100))} is no https:// address of a page`,
    "over http, browsers give a page no keys: --page https://example.org/knock.html",
  );
}

async function enrollClient(
  door: string,
  client: string,
  options: EnrollOptions,
): Promise<void> {
  const { host, config } = options;
  if (host === undefined) {
    throw new UsageError(
      "--host is missing: the client has to know where to knock",
      "--host gate.example.org, a name or an address that leads here from the client",
    );
  }
  const enrolled = await giveSecret({ config, door, client, host }, options);
  await haveJournal(config, { door, client });
  const { showUri } = await import("./show_uri.ts");
  await showUri(enrolled, options);
  if (!options.uriOnly) showNextSteps(enrolled, options);
  const { byHand } = enrolled;
  if (byHand === undefined) return;
  const place = `${byHand.where} of ${config}`;
  printError(`\nAdd this, ${place}:\n\n${byHand.lines}\n`);
  if (options.print) return;
  throw new Failure(
    `${config} was not changed: an inline table can't be added to without you`,
    "add the client as shown above",
  );
}

async function giveSecret(
  request: RotateRequest,
  { rotate, secretDir, print: keepConfig }: EnrollOptions,
): Promise<Enrolled> {
  if (!rotate) {
    const { enroll } = await import("../config/clients/enroll.ts");
    return await enroll({ ...request, secretDir, keepConfig });
  }
  if (secretDir !== undefined || keepConfig) {
    throw new UsageError(
      "--rotate changes no config and puts the secret where the old one was",
      "leave --secret-dir and --print out",
    );
  }
  const { rotate: giveNewSecret } = await import("../config/clients/rotate.ts");
  return await giveNewSecret(request);
}

async function haveJournal(path: string, newcomer: Newcomer): Promise<void> {
  const { loadConfig } = await import("../config/load.ts");
  const { makeJournal } = await import("./journal_beforehand.ts");
  // What keeps a daemon from starting on the config keeps nobody from being enrolled.
  const { config } = await loadConfig(path);
  if (config !== undefined) await makeJournal(config, newcomer);
}

function showNextSteps(
  { enrolment, secretFile, byHand }: Enrolled,
  { config, rotate }: EnrollOptions,
): void {
  const { client, door, host } = enrolment;
  const where = byHand === undefined
    ? `${config} knows ${client} ${rotate ? "as before" : "now"}`
    : "to be added below";
  const [which, until, replace] = rotate
    ? ["new secret", "; the old one is good until then", " --replace"]
    : ["secret", "", ""];
  const lines = [
    "",
    `${client} has a ${which} for the door ${door}.`,
    `  stored   ${secretFile}`,
    `  config   ${where}`,
    `  here     knockd reload, for a running daemon to take note${until}`,
    `  client   knockd profile add${replace}, then paste the otpauth:// line: it holds the secret`,
    `           knockd knock ${host} --otp`,
  ];
  for (const line of lines) printError(line);
}
