/** What the table of the kernel's doors needs of the world. */

import type { PortRange } from "../../core/firewall/kernel_ports.ts";
import type { Session } from "../../core/firewall/session.ts";
import type { Nft } from "./nf_tables.ts";

/** What a table needs. */
export interface DoorTableOptions {
  /** Its name, an identifier. */
  readonly name: string;
  /** Hex digits that tell whose it is. */
  readonly owner: string;
  readonly nft: Nft;
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
  /** This host's sessions on these ports. */
  readonly sessions: (ports: readonly PortRange[]) => readonly Session[];
}
