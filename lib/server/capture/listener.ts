/** One interface that should be heard: opened, watched, and opened again. */
import { isSupportedLinkType } from "../../core/packet/parse.ts";
import { Failure } from "../../core/failure.ts";
import { orUndefined } from "../../core/or_undefined.ts";
import { someOf } from "../../core/some_of.ts";
import { linkTypeName } from "../../../ffi/pcap/link_type_name.ts";
import { PcapError } from "../../../ffi/pcap/pcap.ts";
import { RING_BATCHES } from "./ring.ts";
import type { CaptureEvent, InterfaceStatus } from "./event.ts";
import { captureFailure, isFatal, reasonOf } from "./capture_failure.ts";
import type { Faults } from "../faults.ts";
import type { Network, PacketHandler, PacketSource } from "./network.ts";

/** The device of Linux that stands for all interfaces: always there, always up. */
const ANY = "any";
const ANY_INDEX = -1;

/** What a listener needs from outside. */
export interface ListenerContext {
  readonly network: Network;
  readonly filter: (linkType: number) => string;
  /** Bytes of a packet that are needed. */
  readonly snapLength: () => number;
  readonly onPacket: PacketHandler;
  readonly onEvent: (event: CaptureEvent) => void;
  /** Takes what fails and is tried again. */
  readonly faults: Faults;
}

/** The addresses of an interface, as they are known. */
export type AddressesOf = (name: string) => readonly string[];

/** One interface, by name. */
export class Listener {
  readonly name: string;
  readonly #context: ListenerContext;
  #source: PacketSource | undefined;
  #filter = "";
  #snapLength = 0;
  /** What the name stood for when it was opened. */
  #index = 0;
  #reason = "";
  #packets = 0;
  /** Lost by sources that are closed by now. */
  #dropped = 0;
  #droppedTold = 0;

  constructor(name: string, context: ListenerContext) {
    this.name = name;
    this.#context = context;
  }

  /** What it hears through, while it does. */
  get source(): PacketSource | undefined {
    return this.#source;
  }

  /**
   * Closes what is no longer the interface of this name, or down, and opens what can be.
   * With `starting`, throws a Failure for what waiting does not mend.
   */
  look(addressesOf: AddressesOf, starting: boolean): void {
    const index = this.name === ANY ? ANY_INDEX : this.#context.network.index(this.name);
    const up = index === ANY_INDEX || index > 0 && this.#context.network.isUp(this.name);
    if (this.#source !== undefined) {
      if (index === this.#index && up) return this.#tellLoss();
      this.deafen(this.#lossReason());
    }
    // Even what is not there is tried at the start: having no right to is said at once.
    if (up || starting) this.#open(index, addressesOf, starting);
    else this.deafen(index === 0 ? this.#noSuch() : "it is down");
  }

  /**
   * Hands over what waits, a batch at least, and no other once time is up; how many
   * packets there were.
   */
  drain(isTimeUp: () => boolean): number {
    let total = 0;
    for (let batches = 1; this.#source !== undefined; batches++) {
      const source = this.#source;
      const count = this.#read(source);
      total += count;
      if (count < source.batch || batches === RING_BATCHES || isTimeUp()) break;
    }
    this.#packets += total;
    return total;
  }

  /** A knock that was among what was lost is explained by nothing else. */
  #tellLoss(): void {
    const { dropped } = this.status([]);
    if (dropped === this.#droppedTold) return;
    this.#droppedTold = dropped;
    const what = "packets came faster than they could be read, and some were lost";
    this.#context.faults.met(new Failure(`${this.name}: ${what}`));
  }

  /** Its source was found broken. */
  broken(): void {
    this.deafen(this.#lossReason());
  }

  /**
   * Sets the filter anew if it has changed. What waits is read before, as libpcap throws it
   * away: a knock under way would miss a packet.
   */
  refilter(): void {
    if (this.#source === undefined) return;
    if (this.#context.snapLength() > this.#snapLength) return this.#lengthen();
    if (this.#context.filter(this.#source.linkType) === this.#filter) return;
    this.drain(() => false);
    if (this.#source === undefined) return;
    try {
      this.#setFilter(this.#source);
    } catch (error) {
      this.deafen(reasonOf(error));
    }
  }

  /** Hears more of each packet, and misses none: some are heard twice at worst. */
  #lengthen(): void {
    let source: PacketSource;
    try {
      source = this.#opened();
    } catch (error) {
      return this.deafen(reasonOf(error));
    }
    this.drain(() => false);
    // What broke just now is opened again by a later look.
    if (this.#source === undefined) return source.close();
    this.close();
    this.#source = source;
  }

  /** How it is doing. */
  status(addresses: readonly string[]): InterfaceStatus {
    return {
      interface: this.name,
      hears: this.#source !== undefined,
      addresses,
      packets: this.#packets,
      dropped: this.#dropped + (this.#source?.dropped() ?? 0),
      reason: this.#reason,
    };
  }

  /** Gives its source back, saying nothing. */
  close(): void {
    if (this.#source === undefined) return;
    this.#dropped += this.#source.dropped();
    this.#source.close();
    this.#source = undefined;
  }

  /** Stops hearing for now, and says so if that is news. */
  deafen(reason: string): void {
    this.#stop("deaf", reason);
  }

  /** Stops hearing for good. */
  leave(reason: string): void {
    this.#stop("left", reason);
  }

  #stop(kind: "deaf" | "left", reason: string): void {
    const news = this.#reason === "";
    this.close();
    this.#reason = reason;
    if (news) this.#context.onEvent({ kind, interface: this.name, reason });
  }

  #open(index: number, addressesOf: AddressesOf, starting: boolean): void {
    let source: PacketSource;
    try {
      source = this.#opened();
    } catch (error) {
      if (starting && isFatal(error)) throw captureFailure(error);
      this.deafen(index === 0 ? this.#noSuch() : reasonOf(error));
      return;
    }
    this.#source = source;
    this.#index = index;
    this.#reason = "";
    const addresses = addressesOf(this.name);
    this.#context.onEvent({ kind: "listening", interface: this.name, addresses });
  }

  /** The interface, opened; throws PcapError. */
  #opened(): PacketSource {
    const snapLength = this.#context.snapLength();
    const source = this.#context.network.open(this.name, snapLength);
    try {
      if (!isSupportedLinkType(source.linkType)) {
        const packets = linkTypeName(source.linkType);
        throw new PcapError("other", `its packets are ${packets}, not known to carry IP`);
      }
      this.#setFilter(source);
    } catch (error) {
      source.close();
      throw error;
    }
    this.#snapLength = snapLength;
    return source;
  }

  #setFilter(source: PacketSource): void {
    this.#filter = this.#context.filter(source.linkType);
    if (source.setFilter(this.#filter)) return;
    const reason = "the kernel did not take the filter, so every packet is copied to us";
    this.#context.onEvent({ kind: "slow", interface: this.name, reason });
  }

  #read(source: PacketSource): number {
    try {
      return source.read(this.#context.onPacket);
    } catch (error) {
      if (!(error instanceof PcapError)) throw error;
      this.deafen(reasonOf(error));
      return 0;
    }
  }

  /** The name may be mistyped: so those are told that have addresses. */
  #noSuch(): string {
    const addresses = orUndefined(() => this.#context.network.addresses()) ?? [];
    const names = [...new Set(addresses.map((address) => address.interface))];
    const there = names.length === 0 ? "" : ` (there are ${someOf(names)})`;
    return `there is no such interface${there}`;
  }

  #lossReason(): string {
    const { network } = this.#context;
    const index = network.index(this.name);
    if (index === 0) return "it is gone";
    return index === this.#index ? "it went down" : "another interface has its name now";
  }
}
