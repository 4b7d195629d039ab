/**
 * When leases end: one timer for all of them, so that those that are due together are
 * closed together.
 */

import type { System } from "../system.ts";
import type { Lease } from "./lease.ts";

/** A lease and when it ends; it no longer counts when the lease ends at another time. */
interface Entry {
  readonly at: number;
  /** Tells which of two that are due together came first. */
  readonly number: number;
  readonly lease: Lease;
}

/** Entries that no longer count are thrown away when there are as many as others. */
const SPARE = 64;

/** The ends of leases, a binary heap. */
export class Deadlines {
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #due: (leases: readonly Lease[]) => void;
  #heap: Entry[] = [];
  #live = 0;
  #number = 0;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  /** `due` is called with all leases whose time is over. */
  constructor(
    system: Pick<System, "monotonic" | "schedule">,
    due: (leases: readonly Lease[]) => void,
  ) {
    this.#system = system;
    this.#due = due;
  }

  /** Lets a lease end in so many milliseconds from now. */
  set(lease: Lease, ms: number): void {
    if (lease.closesAt === Infinity) this.#live++;
    lease.closesAt = this.#system.monotonic() + ms;
    this.#push({ at: lease.closesAt, number: this.#number++, lease });
    if (this.#heap.length > 2 * this.#live + SPARE) this.#compact();
    this.#schedule();
  }

  /** Lets leases have no end. */
  clear(leases: readonly Lease[]): void {
    for (const lease of leases) {
      if (lease.closesAt === Infinity) continue;
      lease.closesAt = Infinity;
      this.#live--;
    }
    if (this.#live === 0) this.#heap = [];
    // Throwing away many at once takes less than letting each rise to the top.
    else if (leases.length > this.#live) this.#compact();
    this.#schedule();
  }

  #schedule(): void {
    while (this.#heap.length > 0 && !isCurrent(this.#heap[0]!)) this.#pop();
    const at = this.#heap[0]?.at;
    // One that rings too early costs less than another for each of thousands that close.
    if (at !== undefined && this.#timer !== undefined && this.#timer.at <= at) return;
    if (at === this.#timer?.at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === undefined) return;
    const delay = Math.max(0, at - this.#system.monotonic());
    this.#timer = { at, cancel: this.#system.schedule(delay, this.#ring) };
  }

  readonly #ring = () => {
    this.#timer = undefined;
    const now = this.#system.monotonic();
    const due: Lease[] = [];
    while (this.#heap.length > 0 && this.#heap[0]!.at <= now) {
      const entry = this.#pop();
      if (!isCurrent(entry)) continue;
      entry.lease.closesAt = Infinity;
      this.#live--;
      due.push(entry.lease);
    }
    this.#schedule();
    if (due.length > 0) this.#due(due);
  };

  #compact(): void {
    const current = this.#heap.filter(isCurrent);
    this.#heap = [];
    for (const entry of current) this.#push(entry);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    for (let up = (place - 1) >> 1; place > 0 && isBefore(entry, heap[up]!);) {
      heap[place] = heap[up]!;
      place = up;
      up = (place - 1) >> 1;
    }
    heap[place] = entry;
  }

  #pop(): Entry {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last);
    return top;
  }

  /** Puts an entry where the first was, and lets it sink to its place. */
  #sink(entry: Entry): void {
    const heap = this.#heap;
    let place = 0;
    for (let down = 1; down < heap.length; down = 2 * place + 1) {
      if (down + 1 < heap.length && isBefore(heap[down + 1]!, heap[down]!)) down++;
      if (isBefore(entry, heap[down]!)) break;
      heap[place] = heap[down]!;
      place = down;
    }
    heap[place] = entry;
  }
}

function isCurrent({ at, lease }: Entry): boolean {
  return lease.closesAt === at;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || a.at === b.at && a.number < b.number;
}
