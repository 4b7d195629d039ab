/** The table of a config's doors. */

import type { Config } from "../../config/config.ts";
import { DoorTable } from "./door_table.ts";
import { liveSessions } from "./live_sessions.ts";
import type { Nft } from "./nf_tables.ts";
import { ownerMark } from "./owner.ts";

/** The table, which nothing is changed in yet; disposed of, `nft` is closed, too. */
export function tableOf(
  { path, options: { table: name } }: Config,
  nft: Nft,
  monotonic: () => number,
): DoorTable {
  const owner = ownerMark(path);
  return new DoorTable({ name, owner, nft, monotonic, sessions: liveSessions });
}
