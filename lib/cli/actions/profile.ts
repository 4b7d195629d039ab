/** `knockd profile`: what the client knows of the doors it may open. */

import { forgetFuture } from "../../client/counters.ts";
import {
  addProfile,
  findProfile,
  loadProfiles,
  type Profile,
  profileDirectory,
  removeProfile,
} from "../../client/profiles.ts";
import { defined } from "../../core/defined.ts";
import { Failure, UsageError } from "../../core/failure.ts";
import { MAX_URI_LENGTH, parseUri } from "../../core/one_time/otpauth_uri.ts";
import { escapeControls } from "../../core/printable.ts";
import { print, printError } from "../terminal.ts";

const URI_HINT = 'paste the whole line that "knockd enroll" shows';
const SHELL_HINT = `${URI_HINT}, in quotes: the shell cuts it at the first &`;

/** What stands around a URI in a mail, a document or a script. */
const AROUND = /^[\s"'`<«“„‘]+|[\s"'`>»”“’]+$/g;

/** Forgets the steps of the future that a wrong clock used. */
export function resyncProfile(name: string): void {
  const dir = profileDirectory();
  const profile = findProfile(loadProfiles(dir), name);
  const shown = escapeControls(profile.name);
  const forgotten = forgetFuture(dir, profile, Date.now() / 1000);
  print(
    forgotten ? `${shown} knocks by the clock again` : `${shown} knocks by the clock`,
  );
}

export async function addProfileOf(
  argument: string | undefined,
  { name, replace }: { name?: string | undefined; replace?: true | undefined },
): Promise<void> {
  const isRead = argument === undefined || argument === "-";
  const given = isRead ? await readLine() : argument;
  const enrolment = parseUri(given.replaceAll(AROUND, ""));
  if (typeof enrolment === "string") {
    throw new UsageError(enrolment, isRead ? URI_HINT : SHELL_HINT);
  }
  const options = defined({ name, replace });
  const profile = addProfile(profileDirectory(), enrolment, options);
  print(`added ${describe(profile)}`);
}

/** Forgets a profile and its secret. */
export function removeProfileOf(nameOrHost: string): void {
  print(`removed ${escapeControls(removeProfile(profileDirectory(), nameOrHost))}`);
}

export function listProfiles(): void {
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

/** The first line of standard input that is not empty; no more than a URI can have. */
async function readLine(): Promise<string> {
  if (Deno.stdin.isTerminal()) printError("Paste the otpauth:// URI and press Enter:");
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(MAX_URI_LENGTH);
  let text = "";
  while (text.length <= MAX_URI_LENGTH && !text.includes("\n")) {
    const read = await Deno.stdin.read(buffer);
    if (read === null) break;
    text += decoder.decode(buffer.subarray(0, read), { stream: true });
    text = text.trimStart();
  }
  if (text === "") {
    throw new Failure(
      "there is no URI on standard input",
      'knockd profile add < FILE, with what "knockd enroll" printed in it',
    );
  }
  return text.split("\n")[0] ?? "";
}
