/** What a runner is asked, and what it answers. */

import type { Turn } from "./turns.ts";

export interface Job {
  readonly door: string;
  /** The address that it is run for. */
  readonly ip: string;
  /**
   * Whether it opens the door, closes it, or belongs to a door that does not close by
   * itself. Closing is never refused.
   */
  readonly kind: "start" | "plain" | "stop";
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** The command as the log shows it. */
  readonly shown: string;
  /** Added to the environment: KNOCK_IP and its fellows. */
  readonly env: Readonly<Record<string, string>>;
  /** Seconds after which it is killed; 0: never. */
  readonly timeout: number;
  /** What its processes are known by, so that a later daemon can end them. */
  readonly mark?: string;
  /**
   * When it may start, taken when its knock came. Without one, a stop command waits for
   * no turn, and any other takes the address's next.
   */
  readonly turn?: Turn;
}

export type Outcome =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "not started" }
  | { readonly kind: "refused" }
  | { readonly kind: "cancelled" };
