/** A table as it was before a daemon came, for one that has to go without a trace. */

import { deleteTableText } from "../../core/firewall/table_text.ts";
import { inUsersWords, type Nft } from "./nf_tables.ts";

/** The text that makes the table again, empty if there was none; undefined: let it be. */
export type Before = string | undefined;

/**
 * The table of a name as it is now.
 *
 * @param whole whether a table that is there is to be made again; reading it takes time
 */
export function tableBefore(nft: Nft, name: string, whole: boolean): Before {
  return inUsersWords(() => {
    if (!nft.tables().some((table) => table.name === name)) return "";
    return whole ? nft.list(name) : undefined;
  });
}

/** Makes the table what it was, in one transaction; throws a Failure if that fails. */
export function undo(nft: Nft, name: string, before: string): void {
  inUsersWords(() => nft.run(deleteTableText(name) + before));
}
