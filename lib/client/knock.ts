/**
 * The whole of a knock: send, see whether the port opens, and if it doesn't, again.
 *
 * @module
 */
import type { Address } from "../core/address.ts";
import type { Sequence } from "../core/door.ts";
import { Failure } from "../core/failure.ts";
import { connectWhenOpen, PATIENCE } from "./open_port.ts";
import { type SendOptions, sendSequence } from "./send.ts";
import type { Connection, System } from "./system.ts";

/** What to knock at, and until when. */
export interface KnockPlan extends SendOptions {
  /** Where the packets go. */
  readonly target: Address;
  /** The sequence to send; asked for anew for every try. */
  readonly sequence: () => Sequence | Promise<Sequence>;
  /** Whether the next sequence would have to be waited for. */
  readonly waits?: () => boolean;
  /**
   * Whether the hits may come in any order. Then a knock whose port stays closed is sent
   * once more, and again: what the network has lost of it is made up for, and where nothing
   * was lost its sequence is used, so that nothing comes of it.
   */
  readonly anyOrder?: boolean;
  /** The port that should open. */
  readonly port?: number;
  /** How many times to knock again if the port stays closed. */
  readonly retries: number;
}

/** What the kinds of knock differ in. */
export type Knocking = Pick<
  KnockPlan,
  "target" | "sequence" | "waits" | "anyOrder" | "delay" | "delayAfterFirst"
>;

/** Milliseconds for a port to answer that an earlier knock may have opened. */
const OPEN_ALREADY = 500;

/** How long the port is tried after each time that a knock in any order is sent. */
const SENDINGS = [1000, 1500, PATIENCE - 2500];

/**
 * Knocks, and gives a connection to the port that opened, if one was named. Where a knock
 * would have to be waited for, the port is tried first: the last one may have opened it.
 */
export async function knock(
  system: Pick<System, "hit" | "sleep" | "connect">,
  plan: KnockPlan,
): Promise<Connection | undefined> {
  const { target, port } = plan;
  if (port !== undefined && plan.waits?.()) {
    const connection = await connectWhenOpen(system, target, port, OPEN_ALREADY);
    if (connection) return connection;
  }
  for (let again = plan.retries; again >= 0; again--) {
    const sequence = await plan.sequence();
    for (const patience of plan.anyOrder ? SENDINGS : [PATIENCE]) {
      await sendSequence(system, target, sequence, plan);
      if (port === undefined) return undefined;
      const connection = await connectWhenOpen(system, target, port, patience);
      if (connection) return connection;
    }
  }
  throw new Failure(
    `port ${port} of ${target.text} stayed closed`,
    "the server's log says how far the knock got; --retries N knocks again",
  );
}
