/** One daemon a table: two of them would mend one another's work for ever. */

import { Failure } from "../../core/failure.ts";
import { NftError } from "../../../ffi/nftables.ts";
import type { Nft } from "./nf_tables.ts";

const OTHER_TABLE = 'a second one takes a table of its own: table = "…" in [options]';

/**
 * Claims a table for as long as `nft` is open, by an empty one beside it that belongs to
 * our socket and goes with it.
 *
 * @param otherwise what to do where another process has claimed it
 * @returns The port ids that our transactions are known by; not all if this kernel (before
 * 5.12) knows no owners.
 * @throws {Failure} if another process has claimed it
 */
export function claimTable(nft: Nft, table: string, otherwise = OTHER_TABLE): number[] {
  const beside = `${table}_daemon`;
  const known = (ports: number[]) => ports.filter((port) => port !== 0);
  try {
    nft.run(`add table inet ${beside} { flags owner; }\n`);
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    if (error.code !== "no-permission") return known([nft.elementPort]);
    throw new Failure(
      `a daemon that runs keeps the table inet ${table} already`,
      otherwise,
    );
  }
  const owner = nft.tables().find(({ name }) => name === beside)?.owner ?? 0;
  return known([owner, nft.elementPort]);
}
