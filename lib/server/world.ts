/** What a daemon meets of the machine besides files. The tests have one in memory. */

import { readKernelFile } from "../../ffi/libc.ts";
import type { EarlySources } from "./capture/early_sources.ts";
import type { Network } from "./capture/network.ts";
import { realNetwork } from "./capture/real_network.ts";
import { commandEnvironment } from "../core/command_environment.ts";
import { type ChangeFeed, openChangeFeed } from "./firewall/change_feed.ts";
import { type Nft, openNft } from "./firewall/nf_tables.ts";
import { HostNames } from "./log/host_names.ts";
import type { Names } from "./log/report.ts";
import type { Faults } from "./faults.ts";
import type { System } from "./system.ts";

export interface World {
  readonly system: System;
  /** Takes what fails and is tried again. */
  readonly faults: Faults;
  /** Settles when the network can be heard without a wait. */
  readonly networkReady?: Promise<void>;
  /** Gives the network that is heard; once more where it could not be. */
  readonly network: () => Network;
  /** Opens the way to the kernel's doors; throws a Failure where there is none. */
  readonly openNft: () => Nft;
  /** Opens the feed of what others change there. */
  readonly openFeed: (own: readonly number[]) => ChangeFeed;
  readonly env: Readonly<Record<string, string>>;
  /** Which start of the machine this is: firewall rules do not survive the next one. */
  readonly bootId: string;
  /** Names of hosts for the log, where it is to have them. */
  readonly names?: Names;
}

/** The machine itself; with `lookup` the log has the names of hosts. */
export function realWorld(
  system: System,
  faults: Faults,
  { lookup, early }: { lookup: boolean; early: EarlySources | undefined },
): World {
  return {
    system,
    faults,
    ...early && { networkReady: early.ready },
    network: () => realNetwork(early),
    openNft,
    openFeed: openChangeFeed,
    env: commandEnvironment(Deno.env.toObject()),
    // Linux draws a new one at each start; elsewhere nothing tells.
    bootId: readKernelFile("/proc/sys/kernel/random/boot_id", 64).trim(),
    ...lookup && { names: new HostNames() },
  };
}
