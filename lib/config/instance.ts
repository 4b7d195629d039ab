/**
 * Where a daemon keeps what is its own. Several run on one machine, so what nothing is
 * said of follows from the config's path and from the interface of the command line.
 */

import type { Options } from "./config.ts";
import { DEFAULT_CONFIG } from "./default_config.ts";
import { LEGACY_CONFIG } from "./legacy_config.ts";
import { realPath } from "../files/look.ts";
import { absolutePath } from "../files/path.ts";

/** What tells one daemon from another, and what its command line says. */
export interface Instance {
  readonly config: string;
  /** The interface of the command line, as it was typed. */
  readonly interface?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly control?: string | undefined;
}

/** Who runs it, and in which environment. */
export interface Account {
  /** The user's id; `undefined` where the system has none. */
  readonly uid: number | undefined;
  readonly env: (name: string) => string | undefined;
}

/** Its directory and its socket; missing where there is no place for them. */
export interface InstancePaths {
  readonly stateDir: string | undefined;
  readonly control: string | undefined;
}

/** The configs of the machine's first daemon, whose paths bear no name. */
const FIRST_CONFIGS = [LEGACY_CONFIG, DEFAULT_CONFIG];

const NAME_DIGITS = 12;

export function ownAccount(): Account {
  return { uid: Deno.uid() ?? undefined, env: (name) => Deno.env.get(name) };
}

/** What the paths of a daemon end with: nothing, or `-` and 12 hexadecimal digits. */
export async function nameOf(instance: Instance): Promise<string> {
  const path = absolutePath(instance.config);
  // What is not there has no other name.
  const real = realPath(path) ?? path;
  const isFirst = FIRST_CONFIGS.includes(path) || FIRST_CONFIGS.includes(real);
  if (isFirst && instance.interface === undefined) return "";
  const text = new TextEncoder().encode(`${real}\0${instance.interface ?? ""}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return `-${digest.toHex().slice(0, NAME_DIGITS)}`;
}

/** The same, with every path absolute: a daemon may leave the directory it began in. */
export function settled<T extends Instance>(instance: T): T {
  const { config, stateDir, control } = instance;
  return {
    ...instance,
    config: absolutePath(config),
    ...(stateDir === undefined ? {} : { stateDir: absolutePath(stateDir) }),
    ...(control === undefined ? {} : { control: absolutePath(control) }),
  };
}

/** The places of a settled instance of that name, whose config has these options. */
export function instancePaths(
  options: Pick<Options, "stateDir" | "control">,
  instance: Instance,
  name: string,
  account: Account = ownAccount(),
): InstancePaths {
  const stateDir = instance.stateDir ?? options.stateDir ?? stateDirOf(name, account);
  const control = instance.control ?? options.control ??
    socketOf(name, stateDir, account);
  return { stateDir, control };
}

/** The directories in which daemons of an account make sockets of their own. */
export function socketDirectories({ uid, env }: Account): string[] {
  const own = directoryIn(env("XDG_RUNTIME_DIR"));
  return ["/run", ...(uid === 0 || own === undefined ? [] : [own])];
}

/** What a variable names, if it does; the XDG specification has relative paths ignored. */
function directoryIn(value: string | undefined): string | undefined {
  return value?.startsWith("/") ? value : undefined;
}

function stateDirOf(name: string, { uid, env }: Account): string | undefined {
  const given = directoryIn(env("STATE_DIRECTORY")?.split(":")[0]);
  if (given) return given;
  if (uid === 0) return `/var/lib/knockd${name}`;
  const home = directoryIn(env("HOME"));
  const base = directoryIn(env("XDG_STATE_HOME")) ?? (home && `${home}/.local/state`);
  return base ? `${base}/knockd${name}` : undefined;
}

function socketOf(
  name: string,
  stateDir: string | undefined,
  { uid, env }: Account,
): string | undefined {
  if (uid === 0) return `/run/knockd${name}.sock`;
  const runtime = directoryIn(env("XDG_RUNTIME_DIR"));
  if (runtime) return `${runtime}/knockd${name}.sock`;
  return stateDir && `${stateDir}/control.sock`;
}
