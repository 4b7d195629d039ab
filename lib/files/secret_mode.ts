/** Who may read a file that holds a secret: by its mode, and by whom it belongs to. */

import { isServiceGroup, SERVICE_ACCOUNT, serviceGroup } from "./service_ids.ts";
import type { Source } from "./source.ts";

/**
 * Why a file with secrets is exposed to others than its owner, or nothing.
 *
 * @param group the service's on this machine, asked for only where something is wrong
 */
export function exposure(
  source: Source,
  group = serviceGroup,
): { message: string; hint: string } | undefined {
  if (source.mode !== undefined && (source.mode & readableBy(source)) !== 0) {
    const mode = (source.mode & 0o777).toString(8).padStart(4, "0");
    return {
      message: `the file holds a secret and others may open it (mode ${mode})`,
      hint: narrowing(source, group()),
    };
  }
  const self = source.owner === undefined ? undefined : Deno.uid();
  if (self !== undefined && source.owner !== 0 && source.owner !== self) {
    return {
      message: `the file holds a secret and belongs to user ${source.owner}`,
      hint: `chown root ${source.path}` + afterwards(source, group()),
    };
  }
  return undefined;
}

/** A service of its own user goes on reading it by its group. */
function narrowing(source: Source, service: number | undefined): string {
  const { path, owner, group } = source;
  if (owner !== 0) {
    const after = afterwards(source, service);
    return after === "" ? `chmod 600 ${path}` : `chown root ${path}${after}`;
  }
  if (isServiceGroup(group) || group === service) return `chmod 640 ${path}`;
  if (service === undefined) return `chmod 600 ${path}`;
  return `chgrp ${SERVICE_ACCOUNT} ${path} && chmod 640 ${path}`;
}

/** Once it is root's, its group alone lets the service in. */
function afterwards({ path, group }: Source, service: number | undefined): string {
  return group !== undefined && group === service ? ` && chmod 640 ${path}` : "";
}

/** The bits that let others in: of a group that is the service's alone, only writing. */
function readableBy({ mode = 0, owner, group }: Source): number {
  const shared = (mode & 0o040) !== 0 && owner === 0 && isServiceGroup(group);
  return shared ? 0o037 : 0o077;
}
