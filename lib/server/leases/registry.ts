/** Which leases there are, by the address that they are for. */

import type { Lease } from "./lease.ts";

/** Every lease that is not over. */
export class Registry {
  readonly #all = new Set<Lease>();
  /** The leases of an address that a knock can meet: one a door. */
  readonly #current = new Map<string, readonly Lease[]>();

  /** All of them, in the order in which they began. */
  get all(): ReadonlySet<Lease> {
    return this.#all;
  }

  /** The lease of a door for an address, if a knock can meet one. */
  find(ip: string, door: string): Lease | undefined {
    return this.of(ip).find((lease) => lease.door === door);
  }

  /** The leases of an address that knocks can meet. */
  of(ip: string): readonly Lease[] {
    return this.#current.get(ip) ?? [];
  }

  /** Adds a lease; knocks meet it from now on. */
  add(lease: Lease): void {
    this.#all.add(lease);
    this.#current.set(lease.ip, [...this.#without(lease), lease]);
  }

  /** Lets knocks pass a lease by: they begin another. */
  retire(lease: Lease): void {
    const own = this.of(lease.ip);
    const place = own.indexOf(lease);
    if (place < 0) return;
    if (own.length === 1) this.#current.delete(lease.ip);
    else this.#current.set(lease.ip, own.toSpliced(place, 1));
  }

  /** Takes out a lease that is over. */
  remove(lease: Lease): void {
    this.#all.delete(lease);
    this.retire(lease);
  }

  #without({ ip, door }: Lease): Lease[] {
    return this.of(ip).filter((lease) => lease.door !== door);
  }
}
