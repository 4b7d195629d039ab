/**
 * The kernel's doors, as the daemon has them: a table for the config in force, watched, and
 * a place for each address that a door is open for.
 */

import { NftError } from "../../../ffi/nftables/nftables.ts";
import type { Config } from "../../config/config.ts";
import type { Door } from "../../core/door.ts";
import { Failure, orFailure } from "../../core/failure.ts";
import { type KernelDoor, kernelDoors } from "../../core/firewall/guarded_door.ts";
import type { ElementName } from "../../core/firewall/guarded_doors.ts";
import { formatPortRange } from "../../core/firewall/port_range.ts";
import { deleteTableText } from "../../core/firewall/table_text.ts";
import type { FirewallReport } from "../log/firewall_report.ts";
import type { System } from "../system.ts";
import type { ChangeFeed } from "./change_feed.ts";
import { claimTable, ownPorts } from "./claim.ts";
import type { DoorTable } from "./door_table.ts";
import { tablesOfOwner } from "./inspection.ts";
import { inUsersWords, type Nft } from "./nf_tables.ts";
import type { LastingElement, OpenElement } from "./open_elements.ts";
import { tableOf } from "./table_of.ts";
import { ownerMark } from "./owner.ts";
import { type Before, tableBefore, undo } from "./table_before.ts";
import { TableWatch } from "./table_watch.ts";

export interface KernelDoorsOptions {
  readonly system: Pick<System, "monotonic" | "schedule">;
  readonly report: FirewallReport;
  /** Opens the way to the kernel; throws a Failure where there is none. */
  readonly openNft: () => Nft;
  /** Opens the feed of changes but for those of these port ids. */
  readonly openFeed: (own: readonly number[]) => ChangeFeed;
  /** Whether all that is done is to be undone unless somebody confirms it. */
  readonly onTrial: boolean;
  /** Called when doors' one connections were made, or their places were lost. */
  readonly onUsed: (places: readonly ElementName[]) => void;
}

/** The table that is kept, and the way to it. */
interface Kept {
  readonly name: string;
  readonly nft: Nft;
  readonly table: DoorTable;
  readonly watch: TableWatch;
  readonly before: Before;
}

/** The kernel's doors of a daemon; of none, until a config has one. */
export class KernelDoors implements Disposable {
  readonly #options: KernelDoorsOptions;
  #kept: Kept | undefined;
  /** Makes tables again that a config had which has no such doors any more. */
  #leftovers = "";

  constructor(options: KernelDoorsOptions) {
    this.#options = options;
  }

  /**
   * Puts a config's doors in force; elements of doors that open the same as before stay.
   *
   * @throws {Failure} and nothing has changed
   */
  apply(config: Config): void {
    const doors = kernelDoors(config.doors);
    if (this.#kept !== undefined) this.#bringUpToDate(this.#kept, doors);
    else if (doors.length === 0) return this.#removeLeftovers(config);
    else this.#kept = this.#keep(config, doors);
    this.#options.report.guards(this.#kept.name, portsOf(doors));
  }

  /** Whether a door is the kernel's. */
  has({ kernel }: Door): boolean {
    return kernel !== undefined;
  }

  /** Whether an address may pass a door, as this daemon has asked for it. */
  holds(door: string, ip: string): boolean {
    return this.#kept?.table.holds({ door, ip }) ?? false;
  }

  /** Opens, or lengthens, each for so many milliseconds; throws a Failure if it can't. */
  put(places: readonly LastingElement[]): void {
    if (this.#kept === undefined) throw new Failure("the kernel has no doors");
    this.#kept.table.openAll(places);
  }

  /** Closes; what is closed already is no error. Throws a Failure if it can't. */
  take(places: readonly ElementName[]): void {
    this.#kept?.table.close(places);
  }

  /** Who may pass since before this daemon was there. */
  adopt(): readonly OpenElement[] {
    return this.#kept?.table.adopt() ?? [];
  }

  /** Looks for connections that were made where only one may be. */
  settle(): void {
    this.#tellUsed(this.#kept?.table.used() ?? []);
  }

  /** Leaves the machine as it was before this daemon, which has no doors from then on. */
  undo(): void {
    if (this.#kept?.before !== undefined) this.#undo(this.#kept, this.#kept.before);
    if (this.#leftovers !== "") this.#bringBack(this.#leftovers);
  }

  #undo({ name, nft, watch }: Kept, before: string): void {
    const { report } = this.#options;
    watch[Symbol.dispose]();
    try {
      undo(nft, name, before);
      if (before === "") report.removed(name);
      else report.broughtBack();
      this[Symbol.dispose]();
    } catch (error) {
      report.left(name, (error as Error).message);
    }
  }

  /** Ends the watch; the table stays. */
  [Symbol.dispose](): void {
    this.#kept?.watch[Symbol.dispose]();
    this.#kept?.table[Symbol.dispose]();
    this.#kept = undefined;
  }

  /** A table that others took away, and that is not mended yet, has lost who may pass. */
  #bringUpToDate({ name, table }: Kept, doors: readonly KernelDoor[]): void {
    if (inUsersWords(() => table.mend())) this.#options.report.mended(name);
    table.apply(doors);
  }

  #keep(config: Config, doors: readonly KernelDoor[]): Kept {
    const { openNft, openFeed, system, report, onTrial } = this.#options;
    const name = config.options.table;
    using opened = new DisposableStack();
    const nft = opened.use(openNft());
    claimTable(nft, name);
    const own = inUsersWords(() => ownPorts(nft, name));
    const known = inUsersWords(() => tablesOfOwner(nft, ownerMark(config.path), ""));
    const earlier = known.filter((other) => other !== name);
    const whole = onTrial || !known.includes(name);
    const before = tableBefore(nft, name, { earlier, whole });
    const table = tableOf(config, nft, () => system.monotonic());
    // Ahead of the table, which would stay where there is no descriptor for the feed.
    const feed = opened.use(openFeed(own));
    if (table.apply(doors)) report.takenOver(name);
    opened.move();
    return { name, nft, table, before, watch: this.#watch(name, table, feed, own) };
  }

  #watch(
    name: string,
    table: DoorTable,
    feed: ChangeFeed,
    own: readonly number[],
  ): TableWatch {
    const { system, report } = this.#options;
    const mending = {
      mend: () => table.mend(),
      reconcile: () => {
        const { used, ...others } = table.reconcile();
        report.reconciled(name, others);
        this.#tellUsed(used);
      },
    };
    const onMended = () => report.mended(name);
    return new TableWatch({ feed, system, own, mending, onMended });
  }

  #tellUsed(places: readonly ElementName[]): void {
    if (places.length > 0) this.#options.onUsed(places);
  }

  /** A config that had such doors once must not leave their ports shut for ever. */
  #removeLeftovers({ path, options: { table } }: Config): void {
    const opened = orFailure(this.#options.openNft);
    // Whoever may not change rulesets has left none either.
    if (opened instanceof Failure) return;
    using nft = opened;
    let name = table;
    try {
      for (name of tablesOfOwner(nft, ownerMark(path), "")) {
        // Otherwise another daemon of this config keeps it.
        if (nft.claim(name)) inUsersWords(() => this.#remove(nft, name));
      }
    } catch (error) {
      if (error instanceof NftError && error.code === "no-kernel") return;
      this.#options.report.left(name, (error as Error).message);
    }
  }

  #remove(nft: Nft, name: string): void {
    const before = tableBefore(nft, name, { earlier: [], whole: true });
    nft.run(deleteTableText(name));
    this.#leftovers += before;
    this.#options.report.removed(name);
  }

  #bringBack(leftovers: string): void {
    try {
      using nft = this.#options.openNft();
      inUsersWords(() => nft.run(leftovers));
      this.#options.report.broughtBack();
    } catch (error) {
      this.#options.report.lost((error as Error).message);
    }
  }
}

/** Each once; of a door for another address with that: here they are as open as before. */
function portsOf(doors: readonly KernelDoor[]): string[] {
  const ports = doors.flatMap(({ kernel, target }) => {
    const where = target === undefined ? "" : ` of ${target.text}`;
    return kernel.ports.map((port) => `${formatPortRange(port)}${where}`);
  });
  return [...new Set(ports)];
}
