/** Tables as they were before a daemon came, for one that has to go without a trace. */

import { flushSteps } from "../../core/firewall/element_steps.ts";
import { stepsText } from "../../core/firewall/element_text.ts";
import { setNumber } from "../../core/firewall/guarded_door.ts";
import { deleteTableText } from "../../core/firewall/table_text.ts";
import { inUsersWords, type Nft } from "./nf_tables.ts";

/** The text that makes all of it again, empty if there was nothing; undefined: let it be. */
export type Before = string | undefined;

/**
 * The table of a name as it is now, with those whose place it takes, but for who may pass
 * their doors: their time goes on, and some of them are shut out again until the text is
 * of use.
 *
 * @param earlier what a config calls no longer its table
 * @param whole whether a table that is there is to be made again; reading it takes time
 */
export function tableBefore(
  nft: Nft,
  name: string,
  { earlier, whole }: { readonly earlier: readonly string[]; readonly whole: boolean },
): Before {
  return inUsersWords(() => {
    const isThere = nft.tables().some((table) => table.name === name);
    if (isThere && !whole) return undefined;
    return [...isThere ? [name] : [], ...earlier].map((each) => textOf(nft, each)).join(
      "",
    );
  });
}

function textOf(nft: Nft, table: string): string {
  const sets = nft.sets(table).map(({ name }) => name)
    .filter((set) => setNumber(set) !== undefined);
  return nft.list(table) + stepsText(flushSteps(table, sets));
}

/** Makes what was there before of the table, in one transaction; throws a Failure if that fails. */
export function undo(nft: Nft, name: string, before: string): void {
  inUsersWords(() => nft.run(deleteTableText(name) + before));
}
