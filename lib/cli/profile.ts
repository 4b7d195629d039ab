/**
 * `knockd profile`: what the client knows of the doors it may open.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import type { Profile } from "../client/profiles.ts";
import { Failure, UsageError } from "../core/failure.ts";
import { escapeControls } from "../core/printable.ts";
import { print, printError } from "./terminal.ts";

const URI_HINT =
  'paste the whole line that "knockd enroll" shows, in quotes: the shell ' +
  "cuts it at the first &";

/** The subcommand `profile`. */
export function profileCommand(): Command {
  const command = new Command("profile")
    .description("the doors that this user may open with one-time sequences");
  command.command("add")
    .description('take a URI from "knockd enroll"')
    .argument(
      "[uri]",
      "otpauth://… URI; without it, or for -, it is read from standard input, which " +
        "keeps it out of the process list and the shell's history",
    )
    .option("--name <name>", "the profile's name; HOST/DOOR by default")
    .option("--replace", "replace a profile of the same name")
    .addHelpText("after", "\nExample: knockd profile add --name gate")
    .action(addProfileOf);
  command.command("list")
    .description("list the profiles, without their secrets")
    .addHelpText("after", "\nExample: knockd profile list")
    .action(listProfiles);
  command.command("remove")
    .description("forget a profile and its secret")
    .argument("<name>", "the profile's name")
    .addHelpText("after", "\nExample: knockd profile remove gate.example.org/ssh")
    .action(async (name) => {
      const { profileDirectory, removeProfile } = await import("../client/profiles.ts");
      removeProfile(profileDirectory(), name);
    });
  command.command("resync")
    .description(
      "knock by the clock again, after it was far ahead and has been set right",
    )
    .argument("<name>", "the profile's name")
    .addHelpText("after", RESYNC_HELP)
    .addHelpText("after", "\nExample: knockd profile resync gate.example.org/ssh")
    .action(resyncProfile);
  return command as unknown as Command;
}

const RESYNC_HELP = `
A knock from a clock that was ahead used a step of the future, and this client waits for
that. The server counts on from there, too: its administrator runs "knockd resync".`;

async function resyncProfile(name: string): Promise<void> {
  const { findProfile, loadProfiles, profileDirectory } = await import(
    "../client/profiles.ts"
  );
  const { forgetFuture } = await import("../client/counters.ts");
  const dir = profileDirectory();
  const profile = findProfile(loadProfiles(dir), name);
  const shown = escapeControls(profile.name);
  const forgotten = forgetFuture(dir, profile, Date.now() / 1000);
  print(
    forgotten ? `${shown} knocks by the clock again` : `${shown} knocks by the clock`,
  );
}

async function addProfileOf(
  argument: string | undefined,
  { name, replace }: { name?: string | undefined; replace?: true | undefined },
): Promise<void> {
  const { parseUri } = await import("../core/one_time/otpauth_uri.ts");
  const { addProfile, profileDirectory } = await import("../client/profiles.ts");
  const given = argument === undefined || argument === "-" ? await readLine() : argument;
  const enrolment = parseUri(given);
  if (typeof enrolment === "string") {
    throw new UsageError(enrolment, URI_HINT);
  }
  const profile = addProfile(profileDirectory(), enrolment, {
    ...(name === undefined ? {} : { name }),
    ...(replace ? { replace } : {}),
  });
  print(`added ${describe(profile)}`);
}

async function listProfiles(): Promise<void> {
  const { loadProfiles, profileDirectory } = await import("../client/profiles.ts");
  for (const profile of loadProfiles(profileDirectory())) print(describe(profile));
}

/** One line a profile, nothing secret in it. */
function describe({ name, enrolment }: Profile): string {
  const { host, door, client, otp } = enrolment;
  const moves = otp.mode === "totp" ? `every ${otp.period} s` : "by counter";
  const bound = otp.bindSource ? ", bound to the source" : "";
  return `${escapeControls(name)}: ${client} at door ${door} of ${host}, ` +
    `${otp.length} ${otp.protocol} ports, ${moves}${bound}`;
}

/** The first line of standard input, or all of it; no more than a URI can have. */
async function readLine(): Promise<string> {
  if (Deno.stdin.isTerminal()) printError("Paste the otpauth:// URI and press Enter:");
  const { MAX_URI_LENGTH } = await import("../core/one_time/otpauth_uri.ts");
  const buffer = new Uint8Array(MAX_URI_LENGTH + 2);
  let size = 0;
  while (size < buffer.length && !buffer.subarray(0, size).includes(10)) {
    const read = await Deno.stdin.read(buffer.subarray(size));
    if (read === null) break;
    size += read;
  }
  const [line = ""] = new TextDecoder().decode(buffer.subarray(0, size)).split("\n");
  if (line.trim() === "") {
    throw new Failure(
      "there is no URI on standard input",
      'knockd profile add < FILE, with what "knockd enroll" printed in it',
    );
  }
  return line;
}
