/** A table on this machine, for a config. */

import type { Config } from "../../config/config.ts";
import { DoorTable } from "./door_table.ts";
import { liveSessions } from "./live_sessions.ts";
import { type Nft, openNft } from "./nf_tables.ts";
import { ownerMark } from "./owner.ts";

/**
 * The table of a config's doors; nothing is changed yet.
 *
 * @throws {Failure} without nf_tables, without the right to change them
 */
export function openTable(
  { path, options: { table } }: Config,
  monotonic: () => number,
): { table: DoorTable; nft: Nft } {
  const nft = openNft();
  const owner = ownerMark(path);
  const sessions = liveSessions;
  return { table: new DoorTable({ name: table, owner, nft, monotonic, sessions }), nft };
}
