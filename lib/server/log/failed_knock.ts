/** A knock that opened nothing, and why, in a word that can be counted. */

import type { Failure } from "../../core/failure.ts";
import type { Refusal } from "../../core/refusal.ts";
import { RefusedKnock } from "../../core/refused_knock.ts";

/**
 * Why a knock opened nothing: a rule's reason, a door's limit, a fault of the machine, or a
 * fleet whose engine could not be asked.
 */
export type FailedReason =
  | Refusal["kind"]
  | "max_open"
  | "rate"
  | "cooldown"
  | "fault"
  | "engine";

/** What keeps a door shut, in a word and as the log says it. */
export interface ShutBy {
  /** In a word. */
  readonly reason: FailedReason;
  /** As the log says it. */
  readonly why: string;
}

/** Whose knock it was, and why it opened nothing. */
export interface FailedKnock extends ShutBy {
  readonly door: string;
  readonly ip: string;
  /** The client, where it is known. */
  readonly client?: string | undefined;
}

/** One that was. */
export interface PastFailure extends FailedKnock {
  /** When, Unix milliseconds. */
  readonly time: number;
}

/** What a failure keeps shut, that of a rule or of the machine. */
export function shutBy(failure: Failure): ShutBy {
  const isRule = failure instanceof RefusedKnock;
  return { reason: isRule ? failure.refusal.kind : "fault", why: failure.message };
}
