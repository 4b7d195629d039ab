/** A table as it was before a daemon came, for one that has to go without a trace. */

import { flushSteps } from "../../core/firewall/element_steps.ts";
import { stepsText } from "../../core/firewall/element_text.ts";
import { setNumber } from "../../core/firewall/guarded_door.ts";
import { deleteTableText } from "../../core/firewall/table_text.ts";
import { inUsersWords, type Nft } from "./nf_tables.ts";

/** The text that makes the table again, empty if there was none; undefined: let it be. */
export type Before = string | undefined;

/**
 * The table of a name as it is now, but for who may pass its doors: their time goes on, and
 * some of them are shut out again until the text is of use.
 *
 * @param whole whether a table that is there is to be made again; reading it takes time
 */
export function tableBefore(nft: Nft, name: string, whole: boolean): Before {
  return inUsersWords(() => {
    if (!nft.tables().some((table) => table.name === name)) return "";
    if (!whole) return undefined;
    const sets = nft.sets(name).map(({ name }) => name)
      .filter((set) => setNumber(set) !== undefined);
    return nft.list(name) + stepsText(flushSteps(name, sets));
  });
}

/** Makes the table what it was, in one transaction; throws a Failure if that fails. */
export function undo(nft: Nft, name: string, before: string): void {
  inUsersWords(() => nft.run(deleteTableText(name) + before));
}
