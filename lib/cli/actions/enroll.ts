/** `knockd enroll`: a new client of a rotating door. */

import { enroll, type Enrolled } from "../../config/clients/enroll.ts";
import {
  rotate as giveNewSecret,
  type RotateRequest,
} from "../../config/clients/rotate.ts";
import { UsageError } from "../../core/failure.ts";
import { showByHand, unchangedConfig } from "./enroll/by_hand.ts";
import { makeJournal, type Newcomer } from "./enroll/journal_beforehand.ts";
import { printError } from "../terminal.ts";
import { showUri } from "./enroll/show_uri.ts";
import { loadConfig } from "../../config/load.ts";

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

/** Gives a client a secret, and shows it once. */
export async function enrollClient(
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
  showUri(enrolled, options);
  if (!options.uriOnly) showNextSteps(enrolled, options);
  const { byHand } = enrolled;
  if (byHand === undefined) return;
  showByHand(byHand, config);
  if (!options.print) throw unchangedConfig(config, "add the client as shown above");
}

async function giveSecret(
  request: RotateRequest,
  { rotate, secretDir, print: keepConfig }: EnrollOptions,
): Promise<Enrolled> {
  if (!rotate) return await enroll({ ...request, secretDir, keepConfig });
  if (secretDir !== undefined || keepConfig) {
    throw new UsageError(
      "--rotate changes no config and puts the secret where the old one was",
      "leave --secret-dir and --print out",
    );
  }
  return await giveNewSecret(request);
}

async function haveJournal(path: string, newcomer: Newcomer): Promise<void> {
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
