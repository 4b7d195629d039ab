/** The whole of a knock: send, see whether the port opens, and if it doesn't, again. */

import type { Address } from "../core/address.ts";
import { Failure } from "../core/failure.ts";
import { connectWhenOpen, isConnection, PATIENCE } from "./open_port.ts";
import { type SendOptions, sendSequence } from "./send.ts";
import type { ClientSystem, Connection, Unconnected } from "./client_system.ts";
import type { Shot } from "./shot.ts";

/** What to send next. */
export interface Sending {
  readonly sequence: readonly Shot[];
  /** The same counter in another form, for where that can't leave this machine. */
  readonly otherwise?: readonly Shot[];
  /** It was sent before, ahead of its time, which has come now: it is no new try. */
  readonly again?: true;
  /** Is told that none of it could leave this machine: nobody has seen it. */
  readonly onUnsent?: () => void;
}

/** What to knock at, and until when. */
export interface KnockPlan extends SendOptions {
  readonly target: Address;
  /** What to send; asked for anew for every try. */
  readonly next: () => Sending | Promise<Sending>;
  /** Whether the first sequence would have to be waited for. */
  readonly waits?: () => boolean;
  /**
   * Whether the hits may come in any order. Then a knock whose port stays closed is sent
   * once more, and again: what the network has lost of it is made up for, and where nothing
   * was lost its sequence is used, so that nothing comes of it.
   */
  readonly anyOrder?: boolean;
  /** What to ask oneself first where the port stays closed, with a blank at the end. */
  readonly doubts?: string;
  /** The port that should open. */
  readonly port?: number;
  /** Is told why a knock could not leave in its first form, and left in the other. */
  readonly onOtherwise?: (error: Error) => void;
  /** How many times to knock again if the port stays closed. */
  readonly retries: number;
  /** Is told once what was sent, when it has left for the first time. */
  readonly onSent?: (sequence: readonly Shot[]) => void;
}

/** What the kinds of knock differ in. */
export type Knocking = Pick<
  KnockPlan,
  "target" | "next" | "waits" | "anyOrder" | "doubts" | "delay" | "firstTwice"
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
  system: Pick<ClientSystem, "hit" | "sleep" | "connect">,
  plan: KnockPlan,
): Promise<Connection | undefined> {
  const { target, port, next, onSent, retries } = plan;
  if (port !== undefined && plan.waits?.()) {
    const answer = await connectWhenOpen(system, target, port, OPEN_ALREADY);
    if (isConnection(answer)) return answer;
  }
  let answer: Connection | Unconnected = "filtered";
  let said = false;
  for (let tries = 0; tries <= retries;) {
    const sending = await next();
    if (!sending.again) tries++;
    let sequence: readonly Shot[] | undefined;
    for (const patience of plan.anyOrder ? SENDINGS : [PATIENCE]) {
      if (sequence === undefined) sequence = await sendFirst(system, plan, sending);
      else await sendSequence(system, target, sequence, plan);
      if (!said) onSent?.(sequence);
      said = true;
      if (port === undefined) return undefined;
      answer = await connectWhenOpen(system, target, port, patience);
      if (isConnection(answer)) return answer;
    }
  }
  throw stayedShut(plan, port!, answer);
}

/** Sends it in the first form that can leave this machine, and gives that. */
async function sendFirst(
  system: Pick<ClientSystem, "hit" | "sleep">,
  plan: KnockPlan,
  { sequence, otherwise, onUnsent }: Sending,
): Promise<readonly Shot[]> {
  let left = false;
  const options = { ...plan, onLeft: () => left = true };
  try {
    await sendSequence(system, plan.target, sequence, options);
    return sequence;
  } catch (error) {
    try {
      if (left || otherwise === undefined) throw error;
      await sendSequence(system, plan.target, otherwise, options);
    } catch {
      if (!left) onUnsent?.();
      throw error;
    }
    plan.onOtherwise?.(error as Error);
    return otherwise;
  }
}

function stayedShut(
  { target: { text }, doubts = "" }: KnockPlan,
  port: number,
  how: Unconnected,
): Failure {
  return how === "closed"
    ? new Failure(
      `port ${port} of ${text}: closed: the door is open, nothing listens`,
      "start the service there; a firewall that rejects where others drop looks the same",
    )
    : new Failure(
      `port ${port} of ${text}: filtered: no answer`,
      `${doubts}the server's log says how far the knock got; --retries N knocks again`,
    );
}
