/**
 * Looking at a table before and after it is ours: is it ours, whose is it, is it whole?
 */

import { type KnownSet, setNumber } from "../../core/firewall/guarded_door.ts";
import type { GuardedDoors } from "../../core/firewall/guarded_doors.ts";
import {
  type ChainName,
  chainRules,
  CHAINS,
  PRIORITY,
} from "../../core/firewall/rules.ts";
import { Failure } from "../../core/failure.ts";
import type { KernelChain, KernelTable } from "../../../ffi/nftables/nft_dump.ts";
import type { Nft } from "./nf_tables.ts";

/** NFT_TABLE_F_DORMANT */
const DORMANT = 1;
/** NF_ACCEPT: a policy of ours. */
const ACCEPT = 1;

/** What a table of a name is. */
export type FoundTable =
  | { readonly kind: "missing" }
  | { readonly kind: "foreign"; readonly why: string }
  | { readonly kind: "ours"; readonly owner: string; readonly sets: readonly KnownSet[] };

/** Looks at the table of a name. */
export function inspect(nft: Nft, name: string): FoundTable {
  const table = nft.tables().find((table) => table.name === name);
  if (table === undefined) return { kind: "missing" };
  if ((table.flags & ~DORMANT) !== 0) return { kind: "foreign", why: "it has an owner" };
  const chain = nft.chains(name).find((chain) => !fits(chain));
  if (chain !== undefined) {
    return { kind: "foreign", why: `it has a chain ${chain.name}` };
  }
  const sets = nft.sets(name);
  const set = sets.find(({ name }) => !isOurs(name));
  if (set !== undefined) return { kind: "foreign", why: `it has a set ${set.name}` };
  const owner = sets.find(({ name }) => name === "live_4")?.comment ?? "";
  // One that is empty is nobody's; but a dormant one is kept for something.
  if (owner === "" && (table.use > 0 || isDormant(table))) {
    return { kind: "foreign", why: "nothing in it says that knockd made it" };
  }
  const known = sets.flatMap(({ name, comment }) => {
    const number = setNumber(name);
    return number === undefined ? [] : { number, comment };
  });
  return { kind: "ours", owner, sets: known };
}

/** The tables that knockd made, whichever config's they are. */
export function ownTables(nft: Nft): string[] {
  return nft.tables().map(({ name }) => name).filter((name) => {
    const found = inspect(nft, name);
    return found.kind === "ours" && found.owner !== "";
  });
}

/** Tables of other names that one owner made. */
export function tablesOfOwner(nft: Nft, owner: string, but: string): string[] {
  return nft.tables().map(({ name }) => name).filter((name) => {
    if (name === but) return false;
    const found = inspect(nft, name);
    return found.kind === "ours" && found.owner === owner;
  });
}

/** All that a table consists of but for elements, to be compared; empty if it is missing. */
export function fingerprint(nft: Nft, name: string): string {
  const table = nft.tables().find((table) => table.name === name);
  if (table === undefined) return "";
  const chains = nft.chains(name).map(({ name: chain, hook, priority, policy }) =>
    [chain, hook, priority, policy, nft.rules(name, chain)] as const
  );
  const sets = nft.sets(name).map(({ name, comment }) => `${name} ${comment}`);
  return JSON.stringify([table.flags, chains, sets.toSorted()]);
}

/** What no table has: what is compared with it is made anew. */
export const NOT_WHOLE = "not whole";

/**
 * The fingerprint of what was made for these doors. Others may have flushed it since: what
 * they left is never what it is to be.
 */
export function fingerprintOf(nft: Nft, name: string, doors: GuardedDoors): string {
  const print = fingerprint(nft, name);
  const isExact = isWhole(nft, name, doors) &&
    surplus(nft, name, doors).every((rules) => rules === 0);
  return isExact ? print : NOT_WHOLE;
}

/** Whether a table does what these doors take, and no more but for doors besides them. */
export function isWhole(nft: Nft, name: string, doors: GuardedDoors): boolean {
  if (nft.tables().some((table) => table.name === name && isDormant(table))) return false;
  if (nft.chains(name).some(({ policy }) => policy !== ACCEPT)) return false;
  const sets = new Set(nft.sets(name).map(({ name: set }) => set));
  const most = unused(nft, name, doors).length === 0 ? 0 : Infinity;
  return doors.setNames().isSubsetOf(sets) &&
    surplus(nft, name, doors).every((rules) => rules >= 0 && rules <= most);
}

/** How many rules each chain has beyond those of these doors. */
function surplus(nft: Nft, name: string, doors: GuardedDoors): number[] {
  return Object.entries(chainRules(doors.list)).map(([chain, rules]) =>
    nft.rules(name, chain).length - rules.length
  );
}

/** A dormant table is there, and drops nothing. */
function isDormant({ flags }: KernelTable): boolean {
  return (flags & DORMANT) !== 0;
}

function fits({ name, hook, priority }: KernelChain): boolean {
  const own = Object.hasOwn(CHAINS, name) ? CHAINS[name as ChainName] : undefined;
  return own?.number === hook && (own.hook === undefined || priority === PRIORITY);
}

function isOurs(set: string): boolean {
  return setNumber(set) !== undefined || set === "live_4" || set === "live_6";
}

/** The sets of doors that a table has and these doors have no use for. */
export function unused(nft: Nft, table: string, doors: GuardedDoors): string[] {
  const used = doors.setNames();
  return nft.sets(table).map(({ name }) => name)
    .filter((name) => !used.has(name) && !name.startsWith("live_"));
}

/** The error for a table that is not ours to touch. */
export function somebodyElses(name: string, why: string): Failure {
  return new Failure(
    `the table inet ${name} is somebody else's (${why}); nothing was changed`,
    'give knockd another name: table = "…" in [options]',
  );
}
