/** Word of changed rulesets, waited for. */

import { NftChanges } from "../../../ffi/nftables/nft_changes.ts";
import { Poller } from "../../../ffi/poller.ts";

/** Tells when somebody has changed a ruleset. */
export interface ChangeFeed extends Disposable {
  /**
   * Waits for the next transactions, and gives the port ids of whose they were, 0 where
   * that is not known; nothing once it is closed.
   */
  next(): Promise<ReadonlySet<number> | undefined>;
}

/** The feed of this machine, but for the transactions of these port ids; closed from the start where nobody would tell us. */
export function openChangeFeed(own: readonly number[]): ChangeFeed {
  const poller = new Poller();
  const changes = new NftChanges(own);
  let closed = changes.fd < 0;
  return {
    async next() {
      if (closed) return undefined;
      await poller.wait([changes.fd]);
      return closed ? undefined : changes.authors();
    },
    [Symbol.dispose]() {
      closed = true;
      poller[Symbol.dispose]();
      changes[Symbol.dispose]();
    },
  };
}
