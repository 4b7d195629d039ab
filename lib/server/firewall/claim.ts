/** One daemon a table: two of them would mend one another's work for ever. */

import { Failure } from "../../core/failure.ts";
import { NftError } from "../../../ffi/nftables/nftables.ts";
import type { Nft } from "./nf_tables.ts";

const OTHER_TABLE = 'a second one takes a table of its own: table = "…" in [options]';

/**
 * Claims a table for as long as `nft` is open.
 *
 * @param otherwise what to do where another process has claimed it
 * @throws {Failure} if another process has claimed it
 */
export function claimTable(nft: Nft, table: string, otherwise = OTHER_TABLE): void {
  if (nft.claim(table)) return;
  throw new Failure(
    `a daemon that runs keeps the table inet ${table} already`,
    otherwise,
  );
}

/** The port ids that our transactions are known by, as far as they can be found out. */
export function ownPorts(nft: Nft, table: string): number[] {
  return [portOfTexts(nft, `${table}_daemon`), nft.elementPort].filter((port) =>
    port !== 0
  );
}

/**
 * Only a table that belongs to the socket of libnftables tells its port id (Linux 5.12 and
 * later). It is gone at once: beside one, nobody could load a ruleset that was saved.
 */
function portOfTexts(nft: Nft, beside: string): number {
  try {
    if (nft.tables().some(({ name }) => name === beside)) return 0;
    nft.run(`add table inet ${beside} { flags owner; }\n`);
    const port = nft.tables().find(({ name }) => name === beside)?.owner ?? 0;
    nft.run(`delete table inet ${beside}\n`);
    return port;
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    return 0;
  }
}
