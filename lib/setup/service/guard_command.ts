/** What every guard calls, whichever init starts it. */

import type { Service } from "./service.ts";

/** Root's alone. */
export const GUARD_DIRECTORY = "/var/lib/knockd-guard";

/** What the guard shuts when the config is broken. */
export const GUARD_RULESET = `${GUARD_DIRECTORY}/ruleset.nft`;

/** The command that shuts the ports of a config's doors, or those of the last good one. */
export function guardCommand({ program, config }: Service): string {
  return `${program} firewall up --config ${config} --fallback ${GUARD_RULESET}`;
}
