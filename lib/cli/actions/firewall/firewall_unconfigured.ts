/** What the firewall can be asked for when there is no config that can be used. */

import { DEFAULT_TABLE } from "../../../core/firewall/table_name.ts";
import { orUndefined } from "../../../core/or_undefined.ts";
import { ownTables } from "../../../server/firewall/inspection.ts";
import { openNft } from "../../../server/firewall/nf_tables.ts";

/** What `down` and `status` do all the same; ports stay shut until somebody does it. */
export function hintWithoutConfig(what: string): string {
  // Whoever may not look at the tables is told the name that they have mostly.
  const names = orUndefined(tablesThere) ?? [DEFAULT_TABLE];
  if (names.length === 0) return "no table of knockd's is there: it keeps no port shut";
  const commands = names.map((name) => `knockd firewall ${what} --table ${name}`);
  const does = what === "down" ? "opens its ports" : "says which ports are shut";
  return `${commands.join(", or ")} ${does} without a config`;
}

function tablesThere(): string[] {
  using nft = openNft();
  return ownTables(nft);
}
