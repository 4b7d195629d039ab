/** The edge between the daemon and the network it hears. The tests have one in memory. */
import type { PacketHandler } from "../../../ffi/pcap/pcap.ts";

export type { PacketHandler } from "../../../ffi/pcap/pcap.ts";

/** An interface that is being captured. Throws PcapError when that breaks. */
export interface PacketSource {
  /** Tells it from the others that are open, for {@linkcode Network.wait}. */
  readonly fd: number;
  /** What its packets start with, as in pcap-linktype(7). */
  readonly linkType: number;
  /** How many packets one read brings at most. */
  readonly batch: number;
  /** Compiles a capture filter without using it; how many instructions it has. */
  compile(expression: string): number;
  /** Sets the capture filter; false if the kernel did not take it and we must filter. */
  setFilter(expression: string): boolean;
  /** Hands over what waits, at most one batch; how many there were. */
  read(onPacket: PacketHandler): number;
  /** How many packets were lost because we did not read them in time. */
  dropped(): number;
  /** Gives it back; closing twice is harmless. */
  close(): void;
}

/** An address of this host. */
export interface HostAddress {
  readonly interface: string;
  /** Its text, without a zone. */
  readonly address: string;
}

/** What capturing needs of the machine. */
export interface Network {
  /** Starts to capture so many bytes of each packet; throws PcapError. */
  open(name: string, snapLength: number): PacketSource;
  /** The number the system gives an interface for as long as it exists; 0: none such. */
  index(name: string): number;
  /** Whether an interface that exists is up. */
  isUp(name: string): boolean;
  /** The addresses of this host. */
  addresses(): readonly HostAddress[];
  /** The interfaces of the default routes: none, one, or several. */
  defaultInterfaces(): readonly string[];
  /** Whether {@linkcode changed} can be relied on. */
  readonly tellsChanges: boolean;
  /** Whether an interface, an address or a route is different since the last call. */
  changed(): boolean;
  /**
   * Waits until one of the sources has something to read or is broken, until something
   * changed, or for {@linkcode wake}; the broken ones, usually none.
   */
  wait(sources: readonly PacketSource[]): Promise<readonly PacketSource[]>;
  /** Ends the wait. */
  wake(): void;
  /** Gives back what it holds. */
  close(): void;
}
