/** Which interfaces should be heard, and which are. Time passes by calling look. */
import type { InterfaceStatus } from "./event.ts";
import { Failure } from "../../core/failure.ts";
import { captureFailure, isFatal, reasonOf } from "./capture_failure.ts";
import { SNAP_LENGTH } from "./snap_length.ts";
import { Listener, type ListenerContext } from "./listener.ts";
import type { HostAddress, PacketSource } from "./network.ts";
import { isSameInterface } from "./same_interface.ts";

/** What stands for the interface while no default route says which it is. */
const DEFAULT_ROUTE = "default route";
const NO_ROUTE = "there is no default route";

/** The interfaces by name, or those of the default routes where none is named. */
export class Interfaces {
  readonly #context: ListenerContext;
  readonly #listeners = new Map<string, Listener>();
  #names: readonly string[];
  #addresses: readonly HostAddress[] = [];
  #routeMissed = false;

  constructor(names: readonly string[], context: ListenerContext) {
    this.#names = names;
    this.#context = context;
  }

  /** The sources that are open now. */
  sources(): PacketSource[] {
    return [...this.#listeners.values()]
      .map(({ source }) => source).filter((source) => source !== undefined);
  }

  /** Whether all that should be heard is. */
  allHear(): boolean {
    return !this.#routeMissed &&
      [...this.#listeners.values()].every(({ source }) => source !== undefined);
  }

  /**
   * Looks at the machine and follows it: addresses, default routes, interfaces. With
   * `starting`, throws a Failure if there is no right to capture, or no libpcap.
   *
   * @returns Whether other sources are open than before.
   */
  look(starting = false): boolean {
    const before = this.sources();
    this.#context.faults.attempt(() => this.#followAddresses());
    if (this.#names.length === 0) this.#followRoutes();
    else this.#listenOn(this.#names, "it is not in the config any more");
    const addresses = (name: string) => this.#addressesOf(name);
    for (const listener of this.#listeners.values()) listener.look(addresses, starting);
    if (starting && this.#listeners.size === 0) this.#probe();
    const after = this.sources();
    return after.length !== before.length ||
      after.some((source, i) => source !== before[i]);
  }

  /** Other interfaces from the next look on. */
  setNames(names: readonly string[]): void {
    this.#names = names;
    this.#routeMissed = false;
  }

  /** Hands over what waits at all of them until time is up; how many packets there were. */
  drain(isTimeUp: () => boolean): number {
    let total = 0;
    for (const listener of this.#listeners.values()) total += listener.drain(isTimeUp);
    return total;
  }

  /** These were found broken; they are opened again by a later look. */
  broken(sources: readonly PacketSource[]): void {
    for (const listener of this.#listeners.values()) {
      if (listener.source !== undefined && sources.includes(listener.source)) {
        listener.broken();
      }
    }
  }

  /** Throws a Failure if one that is open would refuse this filter. */
  tryFilter(filter: (linkType: number) => string): void {
    for (const source of this.sources()) {
      try {
        source.compile(filter(source.linkType));
      } catch (error) {
        throw new Failure(reasonOf(error));
      }
    }
  }

  /** Sets the filter anew everywhere. */
  refilter(): void {
    for (const listener of this.#listeners.values()) listener.refilter();
  }

  /** How each is doing. */
  status(): InterfaceStatus[] {
    const rows = [...this.#listeners.values()].map((listener) =>
      listener.status(this.#addressesOf(listener.name))
    );
    return this.#routeMissed ? [...rows, ROUTE_MISSING] : rows;
  }

  /** Gives everything back. */
  close(): void {
    for (const listener of this.#listeners.values()) listener.close();
    this.#listeners.clear();
  }

  #followAddresses(): void {
    const addresses = this.#context.network.addresses();
    const known = new Set(this.#addresses.map(({ address }) => address));
    const now = new Set(addresses.map(({ address }) => address));
    this.#addresses = addresses;
    if (now.size === known.size && [...now].every((address) => known.has(address))) {
      return;
    }
    this.#context.onEvent({ kind: "addresses", addresses: [...now] });
  }

  #followRoutes(): void {
    const names = this.#context.network.defaultInterfaces();
    if (names.length > 0) {
      this.#routeMissed = false;
      this.#listenOn(names, "the default route goes elsewhere now");
    } else if (this.#listeners.size === 0 && !this.#routeMissed) {
      // An interface that had the route before is kept: it may still hear its neighbours.
      this.#routeMissed = true;
      const { onEvent } = this.#context;
      onEvent({ kind: "deaf", interface: DEFAULT_ROUTE, reason: NO_ROUTE });
    }
  }

  #listenOn(names: readonly string[], goodbye: string): void {
    for (const [name, listener] of this.#listeners) {
      if (names.includes(name)) continue;
      listener.leave(goodbye);
      this.#listeners.delete(name);
    }
    for (const name of names) {
      if (this.#listeners.has(name)) continue;
      this.#listeners.set(name, new Listener(name, this.#context));
    }
  }

  /** With nothing to open yet, learns whether opening would be allowed. */
  #probe(): void {
    try {
      this.#context.network.open("any", SNAP_LENGTH).close();
    } catch (error) {
      if (isFatal(error)) throw captureFailure(error);
    }
  }

  #addressesOf(name: string): string[] {
    const { network } = this.#context;
    const index = (other: string) => network.index(other);
    return this.#addresses
      .filter((entry) => name === "any" || isSameInterface(name, entry.interface, index))
      .map(({ address }) => address);
  }
}

const ROUTE_MISSING: InterfaceStatus = {
  interface: DEFAULT_ROUTE,
  hears: false,
  addresses: [],
  packets: 0,
  dropped: 0,
  reason: NO_ROUTE,
};
