/** One-time sequences on the command line: the profile, the source and the countdown. */

import type { Address } from "../../core/address.ts";
import {
  doubtsOf,
  hasToWait,
  type OneTimeOptions,
  OneTimeTries,
  takeSequence,
} from "../../client/one_time.ts";
import {
  findProfile,
  loadProfiles,
  type Profile,
  profileDirectory,
} from "../../client/profiles.ts";
import { resolveHost } from "../../client/resolve.ts";
import { sourceAddress } from "../../client/source_address.ts";
import { type ClientSystem, realClientSystem } from "../../client/client_system.ts";
import { formatKnock } from "../../core/sequence.ts";
import { familyOf, type KnockOptions } from "./knock/knock_options.ts";
import { addressOf } from "./network.ts";
import { addressesOf, type Targets } from "./knock/knock_targets.ts";
import { canRedraw, print, printError, rewriteError } from "../terminal.ts";

/** The options that choose a profile and the way to its host. */
type OneTimeFlags = Pick<
  KnockOptions,
  "door" | "sourceIp" | "ipv4" | "ipv6" | "form"
>;

/** A knock with a profile's sequences, a new one for every try and every address. */
export async function oneTimeKnock(
  system: ClientSystem,
  name: string,
  options: KnockOptions,
): Promise<Targets> {
  const profile = openProfile(name, options);
  const { host, otp } = profile.enrolment;
  const targets = await addressesOf(system, host, options);
  const sourceAt = sourceChooser(profile, options);
  const at = (target: Address, world: ClientSystem) => {
    const shared = target !== targets[0];
    const tries = new OneTimeTries(world, {
      ...takingFrom(profile, options, () => sourceAt(() => target)),
      shared,
    });
    return {
      target,
      next: () => tries.next(),
      waits: () => !shared && hasToWait(world, { dir: profileDirectory(), profile }),
      // The order does not matter on a rotating door, so its hits go out at once.
      anyOrder: true,
      doubts: doubtsOf(otp),
      delay: 0,
      // A host keeps nothing of a bound knock before it has seen the first port.
      firstTwice: otp.bindSource,
    };
  };
  return { targets, at };
}

/** Prints a profile's next knock, for another client to send; it counts as used then. */
export async function printSequence(name: string, options: OneTimeFlags): Promise<void> {
  const system = realClientSystem();
  const profile = openProfile(name, options);
  const { host } = profile.enrolment;
  const target = () => resolveHost(system, host, familyOf(options));
  const sourceAt = sourceChooser(profile, options);
  const taking = takingFrom(profile, options, () => sourceAt(target));
  const sequence = await takeSequence(system, taking);
  print(sequence[0]?.payload?.toHex() ?? sequence.map(formatKnock).join(" "));
}

function openProfile(name: string, { door }: OneTimeFlags): Profile {
  return findProfile(loadProfiles(profileDirectory()), name, door);
}

function takingFrom(
  profile: Profile,
  { form }: OneTimeFlags,
  source: () => Promise<Address | undefined>,
): OneTimeOptions {
  return {
    dir: profileDirectory(),
    profile,
    source,
    onWait: showWait(),
    ...(form ? { form } : {}),
  };
}

/** Which address a knock is bound to, if the door asks for one; wrong options fail at once. */
function sourceChooser({ enrolment }: Profile, { sourceIp }: OneTimeFlags) {
  const given = sourceIp === undefined ? undefined : addressOf("--source-ip", sourceIp);
  return async (target: () => Promise<Address> | Address) => {
    if (!enrolment.otp.bindSource) return undefined;
    return given ?? await sourceAddress(await target());
  };
}

/** A line that counts down on a terminal, and is written once anywhere else. */
function showWait(): (seconds: number) => void {
  let said = false;
  return (seconds) => {
    const line = `knockd: ${seconds} s to the next step; this one was used`;
    if (canRedraw(Deno.stderr)) rewriteError(seconds > 0 ? line : "");
    else if (!said) printError(line);
    said = true;
  };
}
