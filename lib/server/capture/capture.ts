/** Hears the packets of all interfaces: at once when quiet, gathered when busy. */
import type { CaptureEvent, InterfaceStatus } from "./event.ts";
import { COALESCE_MS, LOOK_MS, SAFETY_LOOK_MS, SETTLE_MS, SLICE_MS } from "./timing.ts";
import { SNAP_LENGTH } from "./snap_length.ts";
import { Interfaces } from "./interfaces.ts";
import type { Network, PacketHandler } from "./network.ts";
import { Pace } from "./pace.ts";
import { realNetwork } from "./real_network.ts";
import { Faults } from "../faults.ts";
import { realSystem, type System } from "../system.ts";

export type { CaptureEvent, InterfaceStatus } from "./event.ts";
export type { PacketHandler } from "./network.ts";

/** What to hear, and whom to tell. */
export interface CaptureOptions {
  /** Names, or `any`; those of the default routes when there are none. */
  readonly interfaces: readonly string[];
  readonly filter: (linkType: number) => string;
  /** Bytes of a packet that are needed; those of a header by default. */
  readonly snapLength?: () => number;
  /** Called for each packet. */
  readonly onPacket: PacketHandler;
  /** Whether nothing is to be read just now, as what was read before is still at work. */
  readonly isBehind?: () => boolean;
  /** Called when so much comes that it is let gather. */
  readonly onBusy?: () => void;
  /** Called when something changed. */
  readonly onEvent: (event: CaptureEvent) => void;
  /** Takes what fails while it hears; by default nobody is told. */
  readonly faults?: Faults;
  /** Gives the network to hear; the machine's own by default. */
  readonly network?: () => Network;
  /** The clock; the machine's own by default. */
  readonly system?: Pick<System, "monotonic" | "schedule">;
}

/** A capture on several interfaces, which come and go. */
export class Capture {
  readonly #options: CaptureOptions;
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #faults: Faults;
  readonly #pace = new Pace();
  #network: Network | undefined;
  #interfaces: Interfaces | undefined;
  #running: Promise<void> | undefined;
  #nextLook = Infinity;
  #cancelLook = () => {};
  #closed = false;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#system = options.system ?? realSystem();
    this.#faults = options.faults ?? new Faults(this.#system, () => {});
  }

  /**
   * Tries all interfaces once, which the events tell of; then hears until closed.
   *
   * @throws {Failure} There is no right to capture, or no libpcap.
   */
  start(): void {
    if (this.#running !== undefined || this.#closed) throw new Error("start only once");
    this.#network = (this.#options.network ?? realNetwork)();
    const { interfaces, filter, onPacket, onEvent } = this.#options;
    const snapLength = this.#options.snapLength ?? (() => SNAP_LENGTH);
    const faults = this.#faults;
    const context = {
      network: this.#network,
      ...{ filter, snapLength, onPacket, onEvent, faults },
    };
    this.#interfaces = new Interfaces(interfaces, context);
    try {
      this.#interfaces.look(true);
    } catch (error) {
      this.#giveBack();
      throw error;
    }
    this.#lookWithin(this.#interval());
    this.#running = this.#run(this.#network, this.#interfaces);
  }

  /**
   * Finds out whether another filter would be taken where something is heard now.
   *
   * @throws {Failure} It would not.
   */
  tryFilter(filter: (linkType: number) => string): void {
    this.#interfaces?.tryFilter(filter);
  }

  /** Takes up a filter that has changed. */
  refilter(): void {
    this.#interfaces?.refilter();
  }

  /** Hears other interfaces from now on; those that stay miss nothing. */
  setInterfaces(names: readonly string[]): void {
    this.#interfaces?.setNames(names);
    this.#look();
  }

  /** Reads what waits, as if something had come. */
  wake(): void {
    if (!this.#closed) this.#network?.wake();
  }

  /** How each interface is doing. */
  status(): InterfaceStatus[] {
    return this.#interfaces?.status() ?? [];
  }

  /** Stops hearing; closing twice is harmless. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#network?.wake();
    await this.#running?.catch(() => {});
  }

  async #run(network: Network, interfaces: Interfaces): Promise<void> {
    try {
      while (!this.#closed) {
        try {
          await this.#hear(network, interfaces);
        } catch (error) {
          if (this.#closed) return;
          this.#faults.met(error);
          await this.#pause(LOOK_MS);
        }
      }
    } finally {
      this.#giveBack();
    }
  }

  async #hear(network: Network, interfaces: Interfaces): Promise<void> {
    while (!this.#closed) {
      const broken = await network.wait(interfaces.sources());
      let heavy = this.#drain(interfaces);
      interfaces.broken(broken);
      this.#mindChanges(network);
      if (heavy) this.#options.onBusy?.();
      while (heavy && !this.#closed) {
        await this.#pause(COALESCE_MS);
        heavy = this.#drain(interfaces);
        this.#mindChanges(network);
      }
    }
  }

  /** Hands over what waits; whether so much came that it should gather before the next. */
  #drain(interfaces: Interfaces): boolean {
    const system = this.#system;
    const { isBehind = () => false } = this.#options;
    if (isBehind()) return true;
    const end = system.monotonic() + SLICE_MS;
    const packets = interfaces.drain(() => isBehind() || system.monotonic() >= end);
    if (packets === 0) return false;
    return this.#pace.heavy(packets, system.monotonic());
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#system.schedule(ms, resolve));
  }

  #mindChanges(network: Network): void {
    this.#lookWithin(network.changed() ? SETTLE_MS : this.#interval());
  }

  /** How long all may stay as it is without a look. */
  #interval(): number {
    const sure = this.#network?.tellsChanges && this.#interfaces?.allHear();
    return sure ? SAFETY_LOOK_MS : LOOK_MS;
  }

  /** Sees to it that there is a look in so many milliseconds, or before. */
  #lookWithin(delay: number): void {
    const due = this.#system.monotonic() + delay;
    if (this.#closed || this.#nextLook <= due) return;
    this.#cancelLook();
    this.#nextLook = due;
    this.#cancelLook = this.#system.schedule(delay, () => {
      this.#nextLook = Infinity;
      this.#faults.attempt(() => this.#look());
      this.#lookWithin(this.#interval());
    });
  }

  #look(): void {
    if (this.#closed || this.#interfaces === undefined) return;
    if (this.#interfaces.look()) this.#network?.wake();
  }

  #giveBack(): void {
    this.#closed = true;
    this.#cancelLook();
    this.#interfaces?.close();
    this.#network?.close();
  }
}
