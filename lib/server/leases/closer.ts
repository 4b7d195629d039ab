/**
 * Closes doors, however often it takes.
 *
 * @module
 */
import { retryDelay } from "./retry.ts";
import { type Lease, succeeded } from "./lease.ts";
import type { LeaseNotes } from "./notes.ts";
import type { Report } from "../log/report.ts";
import type { Runner } from "../commands/runner.ts";

/** What a closer needs. */
export interface CloserOptions {
  readonly runner: Runner;
  readonly report: Report;
  readonly notes: LeaseNotes;
  /**
   * Called when a stop command keeps failing though somebody knocks; settles when that
   * one's lease is over, too, if it could be had.
   */
  readonly giveWay: (lease: Lease) => Promise<void>;
}

/** Tries of a stop command when the daemon ends, and before somebody else is let in. */
const FEW_TRIES = 3;
const SHORT_DELAY_MS = 300;

/** Tries of a stop command that may have nothing to close: a quarter of an hour. */
const DOUBTFUL_TRIES = 10;

/** Runs stop commands until they succeed. */
export class Closer {
  readonly #options: CloserOptions;
  /** Whether the daemon ends, so that there is no time to wait. */
  ending = false;

  constructor(options: CloserOptions) {
    this.#options = options;
  }

  /** Waits until a lease is over, and closes its door. */
  async close(lease: Lease): Promise<void> {
    const { runner, report, notes, giveWay } = this.#options;
    report.closing(lease.door, lease.ip, await lease.over);
    lease.stage = "closing";
    for (let tries = 1;; tries++) {
      notes.closing(lease);
      if (succeeded(await runner.run(lease.stop))) return notes.ended(lease);
      lease.failures++;
      notes.failed(lease);
      if (lease.again !== undefined && tries >= FEW_TRIES) await giveWay(lease);
      else if (this.#isEnough(lease, tries)) return;
      else await this.#wait(lease, tries);
    }
  }

  #isEnough(lease: Lease, tries: number): boolean {
    const { report, notes } = this.#options;
    if (lease.doubtful && tries >= DOUBTFUL_TRIES) {
      report.gaveUp(lease.door, lease.ip);
      notes.ended(lease);
      return true;
    }
    if (!this.ending || lease.failures < FEW_TRIES) return false;
    if (!lease.doubtful) report.leftOpen(lease.door, lease.ip);
    return true;
  }

  async #wait(lease: Lease, tries: number): Promise<void> {
    const delay = this.ending ? SHORT_DELAY_MS : retryDelay(tries);
    if (!lease.doubtful) {
      const { door, ip, failures } = lease;
      this.#options.report.stillOpen(door, ip, failures, delay / 1000);
    }
    await lease.pause(delay);
  }
}
