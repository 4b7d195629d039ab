/** What a door has the kernel open, and for whom. */

import type { Address } from "../address.ts";

/** Ports from the first to the last, both included. */
export interface PortRange {
  /** Lowest port, 1 to 65535. */
  readonly first: number;
  /** Highest port, not below the first. */
  readonly last: number;
  /** Transport protocol. */
  readonly protocol: "tcp" | "udp";
}

/** The addresses that begin with the same bits. */
export interface AddressBlock {
  /** Its first address. */
  readonly address: Address;
  /** How many bits they have in common: 0 to 32, or to 128. */
  readonly prefix: number;
}

/** Ports that the kernel keeps shut to all but those who knocked. */
export interface KernelPorts {
  /** The ports, at least one. */
  readonly ports: readonly PortRange[];
  /** Who needs no knock. */
  readonly allow: readonly AddressBlock[];
  /** How many connections a knock is good for; 0 for any number. */
  readonly connections: 0 | 1;
}
