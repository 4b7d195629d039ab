/**
 * What a rehearsal takes place on: a matcher, leases and a table like the daemon's own, and
 * behind them no log, no disk and no kernel.
 */

import type { Address } from "../../core/address.ts";
import type { Door } from "../../core/door.ts";
import type { KernelDoor } from "../../core/firewall/guarded_door.ts";
import { elementBatch } from "../../../ffi/nftables/netlink_batch.ts";
import { withRetries } from "../faults.ts";
import { Runner } from "../commands/runner.ts";
import { DoorTable } from "../firewall/door_table.ts";
import { changesOf, type Nft } from "../firewall/nf_tables.ts";
import { Journal } from "../journal/journal.ts";
import { Doorman } from "../knocks/doorman.ts";
import { OnDuty } from "../knocks/on_duty.ts";
import { Openings } from "../knocks/openings.ts";
import type { Elements } from "../leases/elements.ts";
import { Leases } from "../leases/leases.ts";
import { CommandReport } from "../log/command_report.ts";
import { silentLogger } from "../log/log.ts";
import { Report } from "../log/report.ts";
import { Tally } from "../log/tally.ts";
import type { System } from "../system.ts";
import type { World } from "../world.ts";
import { deliver, type KnockPacket } from "./frame.ts";

/** Nothing is there, and nothing comes of anything. */
const NOWHERE: Nft = {
  elementPort: 0,
  claim: () => true,
  run() {},
  change: (steps) => void elementBatch(changesOf(steps), 1),
  list: () => "",
  tables: () => [],
  chains: () => [],
  rules: () => [],
  sets: () => [],
  elements: () => [],
  [Symbol.dispose]() {},
};

/** Doors at a host with an address. */
export interface Scenery {
  readonly doors: readonly KernelDoor[];
  readonly address: Address;
}

export class Stage implements Disposable {
  readonly #onDuty: OnDuty;
  readonly #journal: Journal;
  readonly #tellsHits: (() => boolean) | undefined;
  readonly #cancelled: CancelledSystem;
  readonly #system: System;
  #opened = 0;
  #late = false;

  private constructor(
    doors: readonly KernelDoor[],
    { system, faults }: Pick<World, "system" | "faults">,
    journal: Journal,
    tellsHits: (() => boolean) | undefined,
  ) {
    this.#tellsHits = tellsHits;
    this.#journal = journal;
    this.#cancelled = new CancelledSystem(system);
    this.#system = withRetries(this.#cancelled, faults);
    const leases = this.#leases(doors);
    const openAll = leases.openAll.bind(leases);
    const openings = new Openings({ openAll }, () => {}, this.#system);
    const doorman = new Doorman({
      doors,
      ignorePorts: [],
      ipv4Only: false,
      system: this.#system,
      report: this.#report(),
      journal,
      open: (opening) => openings.add(opening),
      hashKey: crypto.getRandomValues(new Uint32Array(2)),
    });
    this.#onDuty = new OnDuty(doorman, faults);
  }

  /**
   * Sets it up.
   *
   * @param tellsHits whether somebody wants to hear of every hit
   */
  static async for(
    { doors, address }: Scenery,
    world: Pick<World, "system" | "faults">,
    tellsHits?: () => boolean,
  ): Promise<Stage> {
    const stage = new Stage(doors, world, await Journal.inMemory(), tellsHits);
    stage.#onDuty.doorman.setHostAddresses([address]);
    return stage;
  }

  /** Packets come just now. */
  deliver(packets: readonly KnockPacket[]): void {
    // The clock is read for some of them only, and to the millisecond.
    this.#late = !this.#late;
    deliver(packets, this.#system.now() + (this.#late ? -0.3 : 0.3), this.#onDuty.packet);
  }

  /** How many doors have been opened on it. */
  get opened(): number {
    return this.#opened;
  }

  [Symbol.dispose](): void {
    this.#onDuty.doorman.close();
    this.#cancelled.cancelAll();
    this.#journal[Symbol.dispose]();
  }

  #leases(doors: readonly KernelDoor[]): Leases {
    const system = this.#system;
    const runner = new Runner({
      system,
      report: new CommandReport(silentLogger()),
      env: {},
    });
    const elements = this.#elements(doors);
    const [journal, report] = [this.#journal, this.#report()];
    return new Leases({ system, journal, runner, report, bootId: "", elements });
  }

  #elements(doors: readonly KernelDoor[]): Elements {
    const monotonic = () => this.#system.monotonic();
    const options = { name: "rehearsal", owner: "", nft: NOWHERE, monotonic };
    const table = new DoorTable({ ...options, sessions: () => [] });
    table.apply(doors);
    return {
      has: (door: Door) => door.kernel !== undefined,
      holds: () => false,
      put: (places) => {
        this.#opened += places.length;
        table.openAll(places);
      },
      take() {},
      settle() {},
    };
  }

  #report(): Report {
    const tally = new Tally(() => this.#system.now());
    return new Report(silentLogger(), tally, undefined, this.#tellsHits);
  }
}

/** The system, but for what would outlive the rehearsal or leave it. */
class CancelledSystem implements System {
  readonly #system: System;
  readonly #cancels = new Set<() => void>();

  constructor(system: System) {
    this.#system = system;
  }

  now(): number {
    return this.#system.now();
  }

  monotonic(): number {
    return this.#system.monotonic();
  }

  schedule(delayMs: number, run: () => void): () => void {
    const cancel = this.#system.schedule(delayMs, () => {
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
    return () => {
      this.#cancels.delete(cancel);
      cancel();
    };
  }

  spawn(): never {
    throw new Deno.errors.NotFound("nothing is run in a rehearsal");
  }

  async endMarked(): Promise<void> {}

  /** Nothing that was to come does. */
  cancelAll(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }
}
