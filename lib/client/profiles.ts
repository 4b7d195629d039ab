/** The client's profiles: `$XDG_CONFIG_HOME/knockd/profiles.toml`. */

import { asciiHost } from "../core/ascii_host.ts";
import type { Enrolment } from "../core/one_time/enrolment.ts";
import { Failure, UsageError } from "../core/failure.ts";
import { formatSecret } from "../core/one_time/secret_text.ts";
import { forgetCounters } from "./counters.ts";
import {
  readPrivate,
  whileDirectoryLocked,
  writeForOwner,
} from "../files/private_file.ts";
import { realPath } from "../files/look.ts";
import { formatProfiles, parseProfiles, type Profile } from "./profile_text.ts";

export type { Profile };

const PROFILE_NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,400}$/u;

/** Where profiles live when nobody says otherwise. */
export function profileDirectory(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
  windows: boolean = Deno.build.os === "windows",
): string {
  const [config, home, rest] = windows
    ? ["APPDATA", "USERPROFILE", "/AppData/Roaming"] as const
    : ["XDG_CONFIG_HOME", "HOME", "/.config"] as const;
  const base = variable(config);
  // A relative path there is to be ignored (XDG Base Directory Specification).
  if (base !== undefined && /^(\/|\\\\|[A-Za-z]:)/.test(base)) return `${base}/knockd`;
  const root = variable(home);
  if (root === undefined || root === "") {
    throw new Failure("there is no home directory for profiles", `set ${config}`);
  }
  return `${root}${rest}/knockd`;
}

/** All profiles; none where nothing was ever added. */
export function loadProfiles(dir: string): Profile[] {
  const path = profilePath(dir);
  const text = readPrivate(path);
  return text === undefined ? [] : parseProfiles(text, path);
}

/**
 * Adds a profile, under the name `host/door` unless another is given.
 *
 * @throws when the name is taken and `replace` is not set.
 */
export function addProfile(
  dir: string,
  enrolment: Enrolment,
  options: { name?: string; replace?: boolean } = {},
): Profile {
  const name = options.name ?? `${enrolment.host}/${enrolment.door}`;
  if (!PROFILE_NAME.test(name)) {
    throw new UsageError("a profile's name is 1 to 400 printable characters");
  }
  const added: Profile = { name, enrolment };
  return whileDirectoryLocked(dir, () => {
    const profiles = loadProfiles(dir);
    const old = profiles.find((profile) => profile.name === name);
    if (old !== undefined && options.replace !== true) {
      throw new Failure(
        `there is a profile ${JSON.stringify(name)} already`,
        "replace it with --replace, or give this one a --name",
      );
    }
    // The counters that were used belong to the secret.
    if (old === undefined || !sameSecret(old, added)) forgetCounters(dir, name);
    const others = profiles.filter((profile) => profile !== old);
    writeForOwner(profilePath(dir), formatProfiles([...others, added]));
    return added;
  });
}

/** Removes a profile, by its name or host, and the record of the counters it used. */
export function removeProfile(dir: string, nameOrHost: string): string {
  return whileDirectoryLocked(dir, () => {
    const profiles = loadProfiles(dir);
    const { name } = findProfile(profiles, nameOrHost);
    const others = profiles.filter((profile) => profile.name !== name);
    writeForOwner(profilePath(dir), formatProfiles(others));
    forgetCounters(dir, name);
    return name;
  });
}

/** The one profile of this name, or for this host and, where it has several, this door. */
export function findProfile(
  profiles: readonly Profile[],
  host: string,
  door?: string,
): Profile {
  const named = profiles.find(({ name }) => name === host);
  if (named !== undefined && door === undefined) return named;
  const known = asciiHost(host).toLowerCase();
  const found = profiles.filter(({ enrolment }) =>
    enrolment.host.toLowerCase() === known &&
    (door === undefined || enrolment.door === door)
  );
  const [profile, second] = found;
  if (profile === undefined) {
    throw unknown(door === undefined ? host : `${host}/${door}`, profiles);
  }
  if (second !== undefined) {
    throw new Failure(
      `${found.length} profiles are for ${host}: ${namesOf(found)}`,
      "give one of these names in place of the host; knock and otp take --door, too",
    );
  }
  return profile;
}

/** A link to the file, as of those who keep their settings elsewhere, stays one. */
function profilePath(dir: string): string {
  const path = `${dir}/profiles.toml`;
  return realPath(path) ?? path;
}

function sameSecret(a: Profile, b: Profile): boolean {
  return formatSecret(a.enrolment.secret) === formatSecret(b.enrolment.secret) &&
    a.enrolment.label === b.enrolment.label;
}

function unknown(name: string, profiles: readonly Profile[]): Failure {
  return new Failure(
    `there is no profile for ${JSON.stringify(name)}`,
    profiles.length === 0
      ? 'add one with "knockd profile add"'
      : `there are: ${namesOf(profiles)}`,
  );
}

function namesOf(profiles: readonly Profile[]): string {
  return profiles.map(({ name }) => name).join(", ");
}
