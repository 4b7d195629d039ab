/**
 * The user and the group of a daemon that does not run as root: root's files reach it by
 * their group.
 */

import { orUndefined } from "../core/or_undefined.ts";
import type { Reader } from "./access.ts";

/** The name of that user and group, as `knockd service` makes them. */
export const SERVICE_ACCOUNT = "knockd";

/** Files of lines that begin with a name, a password and the number of that name. */
type Accounts = "/etc/group" | "/etc/passwd";

/** Whether it is the service's group: the daemon's own, where that is not root's. */
export function isServiceGroup(group: number | undefined): boolean {
  if (group === undefined || group === 0) return false;
  return Deno.uid() === 0 ? group === serviceGroup() : group === Deno.gid();
}

/** Who this process is, if it is a service that has a user of its own. */
export function serviceRunning(): Reader | undefined {
  const [uid, gid] = [Deno.uid(), Deno.gid()];
  if (uid === null || uid === 0 || gid === null || gid !== serviceGroup()) {
    return undefined;
  }
  return { uid, groups: [gid], groupName: SERVICE_ACCOUNT };
}

/** The number of its group on this machine; `undefined` where there is none. */
export function serviceGroup(): number | undefined {
  return numberIn("/etc/group");
}

/** The number of its user on this machine; `undefined` where there is none. */
export function serviceUser(): number | undefined {
  return numberIn("/etc/passwd");
}

function numberIn(accounts: Accounts): number | undefined {
  const line = new RegExp(`^${SERVICE_ACCOUNT}:[^:]*:(\\d+):`, "m");
  const text = orUndefined(() => Deno.readTextFileSync(accounts)) ?? "";
  const [, number] = line.exec(text) ?? [];
  return number === undefined ? undefined : Number(number);
}
