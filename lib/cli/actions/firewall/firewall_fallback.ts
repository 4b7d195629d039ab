/**
 * What `knockd firewall up --fallback FILE` shuts where the config is broken, which then names
 * no port: those of the last one that was not.
 */

import type { Config } from "../../../config/config.ts";
import { Failure, orFailure } from "../../../core/failure.ts";
import { liveText } from "../../../core/firewall/element_text.ts";
import { tableOfText } from "../../../core/firewall/table_text.ts";
import { orUndefined } from "../../../core/or_undefined.ts";
import { readPrivate, writePrivate } from "../../../files/private_file.ts";
import { claimTable } from "../../../server/firewall/claim.ts";
import { inspect, tablesOfOwner } from "../../../server/firewall/inspection.ts";
import { liveSessions } from "../../../server/firewall/live_sessions.ts";
import { inUsersWords, type Nft, openNft } from "../../../server/firewall/nf_tables.ts";
import { ownerMark } from "../../../server/firewall/owner.ts";
import { print, printError } from "../../terminal.ts";
import { rulesetOf } from "./kernel_ruleset.ts";

/** A session on a port that is not guarded passes anyway. */
const ANY_PORT = { first: 1, last: 65535, protocol: "tcp" } as const;

/** Bytes of a ruleset at most, which are ten thousand doors' and more. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Keeps what a config guards. A disk that takes it not is told of: the ports are shut. */
export function keepFallback(file: string, config: Config): void {
  const ruleset = rulesetOf(config);
  if (orUndefined(() => readPrivate(file, MAX_BYTES)) === ruleset) return;
  const failure = orFailure(() => writePrivate(file, ruleset));
  if (failure instanceof Failure) printError(`knockd: warning: ${failure.message}`);
}

/**
 * Shuts what was kept, unless a table of the config at `path` is there.
 *
 * @throws {Failure} if nothing was kept, or it can't be loaded
 */
export function shutByFallback(file: string, path: string): void {
  const ruleset = readPrivate(file, MAX_BYTES);
  if (ruleset === undefined) throw new Failure(`no ruleset is kept in ${file} yet`);
  inUsersWords(() => {
    using nft = openNft();
    const [there] = tablesOfOwner(nft, ownerMark(path), "");
    if (there !== undefined) return print(`table inet ${there}: up already`);
    if (ruleset !== "") load(nft, ruleset, file);
  });
}

function load(nft: Nft, ruleset: string, file: string): void {
  const table = tableOfText(ruleset);
  if (table === undefined) throw new Failure(`${file} is no ruleset of knockd's`);
  if (inspect(nft, table).kind !== "missing") {
    throw new Failure(`the table inet ${table} is there already, and of another config`);
  }
  claimTable(nft, table);
  nft.run(ruleset + liveText(table, liveSessions([ANY_PORT])));
  print(`table inet ${table}: up, as ${file} has it`);
}
