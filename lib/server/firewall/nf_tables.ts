/**
 * The way to nf_tables: texts of commands in, what is there out. The tests have a twin.
 */

import { ClaimedName, type NameHolder } from "../../../ffi/claimed_name.ts";
import { type ElementChange, NftElements } from "../../../ffi/nftables/nft_elements.ts";
import {
  NftContext,
  NftError,
  type NftErrorCode,
} from "../../../ffi/nftables/nftables.ts";
import {
  type KernelChain,
  type KernelSet,
  type KernelTable,
  NftDump,
} from "../../../ffi/nftables/nft_dump.ts";
import type { KernelElement } from "../../../ffi/nftables/set_elements.ts";
import { mayChangeFirewall } from "../../../ffi/netlink_socket.ts";
import type { ElementStep } from "../../core/firewall/element_steps.ts";
import { Failure } from "../../core/failure.ts";
import { foreignRootHint } from "../process/foreign_root.ts";
import { isServiceGroup } from "../../files/service_ids.ts";

/** What is asked of nf_tables. All tables are of the family inet. */
export interface Nft extends Disposable {
  /** Runs commands as one transaction; throws NftError, and then nothing has changed. */
  run(text: string): void;
  /** Changes elements by one transaction; throws NftError, and then nothing has changed. */
  change(steps: readonly ElementStep[]): void;
  /** Whether a table is ours to change for as long as this is open, and no other process's. */
  claim(table: string): boolean;
  /** The port id that the changes of elements are known by; 0 if it is not known. */
  readonly elementPort: number;
  /** A table as a text that makes it again; slow, for it reads all there is. */
  list(table: string): string;
  tables(): KernelTable[];
  chains(table: string): KernelChain[];
  /** A chain's rules in a form that can be compared. */
  rules(table: string, chain: string): string[];
  sets(table: string): KernelSet[];
  elements(table: string, set: string): KernelElement[];
}

/**
 * Opens the way to this machine's nf_tables.
 *
 * @throws {Failure} without nf_tables, without the right to change them
 */
export function openNft(): Nft {
  return inUsersWords(() => {
    const may = mayChangeFirewall();
    if (may === undefined) throw new NftError("no-kernel", "");
    if (!may) throw new NftError("no-permission", "");
    return new RealNft();
  });
}

/** Does something with nf_tables; what they refuse is a Failure. */
export function inUsersWords<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    const [what, hint] = WORDS[error.code](error.message);
    throw new Failure(`the kernel's firewall: ${what}`, hint);
  }
}

const WORDS: Record<NftErrorCode, (message: string) => readonly [string, string?]> = {
  "no-library": (message) => [message],
  "no-permission": () => [
    "not permitted",
    foreignRootHint("NET_ADMIN") ??
      "doors with `open` take root, or the capability CAP_NET_ADMIN",
  ],
  "no-kernel": () => [
    "this kernel has no nf_tables",
    "load the module (modprobe nf_tables), or use a door of commands",
  ],
  incomplete: () => [
    "this kernel's nf_tables lacks what the table is made of: the family inet, ct, fib",
    "a kernel with CONFIG_NF_TABLES_INET, NFT_CT and NFT_FIB_INET, or a door of commands",
  ],
  full: () => ["a set is full"],
  other: (message) => [message],
};

/** Steps as the kernel is told of them. */
export function changesOf(steps: readonly ElementStep[]): ElementChange[] {
  return steps.map(({ elements, ...step }) => ({
    ...step,
    elements: elements.map(({ address: { family, bytes }, ...time }) => ({
      key: family === 4 ? bytes.subarray(12) : bytes,
      ...time,
    })),
  }));
}

/** Whether a process may be a daemon that has a table: root's, ours, or the service's. */
function mayKeepTables({ uid, gid }: NameHolder): boolean {
  return uid === 0 || uid === Deno.uid() || isServiceGroup(gid);
}

class RealNft implements Nft {
  readonly #dump = new NftDump();
  #context: NftContext | undefined;
  #changer: NftElements | undefined;
  readonly #claims = new DisposableStack();

  claim(table: string): boolean {
    const claimed = ClaimedName.claim(`knockd/table/${table}`);
    if (claimed instanceof ClaimedName) this.#claims.use(claimed);
    // Anybody can take a name, and must not keep a daemon from its table by that.
    else if (claimed !== undefined) return !mayKeepTables(claimed);
    return true;
  }

  run(text: string): void {
    // libnftables is megabytes: who only looks needs none of it.
    this.#context ??= new NftContext();
    this.#context.run(text);
  }

  get elementPort(): number {
    return (this.#changer ??= new NftElements()).port;
  }

  change(steps: readonly ElementStep[]): void {
    this.#changer ??= new NftElements();
    this.#changer.change(changesOf(steps));
  }

  list(table: string): string {
    this.#context ??= new NftContext();
    return this.#context.run(`list table inet ${table}\n`);
  }

  tables(): KernelTable[] {
    return this.#dump.tables();
  }

  chains(table: string): KernelChain[] {
    return this.#dump.chains(table);
  }

  rules(table: string, chain: string): string[] {
    return this.#dump.rules(table, chain);
  }

  sets(table: string): KernelSet[] {
    return this.#dump.sets(table);
  }

  elements(table: string, set: string): KernelElement[] {
    return this.#dump.elements(table, set);
  }

  [Symbol.dispose](): void {
    this.#context?.[Symbol.dispose]();
    this.#changer?.[Symbol.dispose]();
    this.#claims.dispose();
    this.#dump[Symbol.dispose]();
  }
}
