/** Why a call to the system failed, in words for a user. */

import { Failure } from "../core/failure.ts";
import { ownEntry } from "../core/own_entry.ts";
import { blockedAt, letIn } from "./access.ts";
import { statOf } from "./look.ts";
import { serviceRunning } from "./service_ids.ts";

/** What Linux has room for in the address of a socket. */
const LONG_SOCKET = "the path of a socket has 107 bytes at most";

/** What Deno puts behind the system's words. */
const OS_ERROR = / \(os error \d+\).*/s;

/** The system's words alone, `No such file or directory`, without Deno's around them. */
export function reason(error: unknown): string {
  // Deno keeps devices and /proc from programs that have not every permission.
  if (error instanceof Deno.errors.NotCapable) return "it is a device, not a file";
  if (error instanceof Deno.errors.AlreadyExists) return "there is one already";
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("SUN_LEN")) return LONG_SOCKET;
  return message.replace(/^Failed to spawn '.*': /s, "").replace(OS_ERROR, "");
}

/** Does something with files; what the system refuses becomes a Failure about `what`. */
export function explained<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inWords(what, error);
  }
}

/** The same of what takes its time. */
export async function explainedLater<T>(
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inWords(what, error);
  }
}

function inWords(what: string, error: unknown): unknown {
  if (!isOfTheSystem(error)) return error;
  return new Failure(`${what}: ${reason(error)}`, hintFor(error), { cause: error });
}

/**
 * Whether it is the operating system that says no. An error that Deno does not know, as
 * that a quota is used up, has no code: only its message tells.
 */
export function isOfTheSystem(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (error instanceof Deno.errors.NotCapable || "code" in error) return true;
  return OS_ERROR.test(error.message);
}

/** What helps, by the system's code for the error. */
const HELP: Readonly<Record<string, string>> = {
  EROFS: "mount it for writing, or take another place",
  EBUSY: "it is a mount of its own: mount the directory that it is in",
  ENOSPC: "free some space",
};

/** Root may do anything but change what nobody may, */
const IMMUTABLE = "chattr -i, where lsattr shows that it or its directory is immutable";
/** unless a container, a unit or a policy has taken that from it. */
const WEAK_ROOT =
  "chown root, where this root lacks CAP_DAC_OVERRIDE; else a policy, as SELinux's, says no";
/** A unit lets its daemon write to a few directories, and shows it all else read-only. */
const BY_DROP_IN = "systemctl edit knockd: ReadWritePaths=DIRECTORY in [Service] lets it";

/** What to do about what the system refused, at a path or wherever; if that can be told. */
export function hintFor(
  error: unknown,
  path?: string,
  service = serviceRunning(),
  user = Deno.uid(),
): string | undefined {
  if (error instanceof Deno.errors.PermissionDenied) {
    if (user === 0) return codeOf(error) === "EPERM" ? IMMUTABLE : WEAK_ROOT;
    const asRoot = "run this as root, or as the owner of the file";
    if (path === undefined || service === undefined) return asRoot;
    // A daemon stays who it is: its files have to let it in.
    return letIn(blockedAt(path, service, statOf), service) ?? asRoot;
  }
  if (isReadOnly(error) && Deno.env.has("INVOCATION_ID")) return BY_DROP_IN;
  if (error instanceof Deno.errors.AlreadyExists) return "remove it if nothing uses it";
  return ownEntry(HELP, codeOf(error) ?? "");
}

/** Whether the system keeps a whole file system from being written. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === "EROFS";
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
