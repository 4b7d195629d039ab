/**
 * The ruleset of a config's doors with `open`, as knockd itself gives it to the kernel.
 */

import type { Config } from "../../../config/config.ts";
import { kernelDoors, numberDoors } from "../../../core/firewall/guarded_door.ts";
import { tableText } from "../../../core/firewall/table_text.ts";
import { ownerMark } from "../../../server/firewall/owner.ts";

/** Commands for `nft -f`; empty where no door has `open`. */
export function rulesetOf({ path, doors, options: { table } }: Config): string {
  const own = kernelDoors(doors);
  return own.length === 0 ? "" : tableText(table, ownerMark(path), numberDoors(own, []));
}
