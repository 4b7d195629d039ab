/** Why a knock opened nothing: data alone, for whoever decides and whoever says it. */

import type { Knock, Sequence } from "./door.ts";

/** Why a knock opened nothing. Times are in milliseconds, limits in a door's seconds. */
export type Refusal =
  /** Complete, but the first and the last hit lie too far apart. */
  | { readonly kind: "slow"; readonly elapsed: number; readonly allowed: number }
  /** Complete, but too many different foreign ports were hit meanwhile. */
  | { readonly kind: "foreign"; readonly ports: number; readonly tolerated: number }
  /** Complete, but a hit waited too long to be read. */
  | { readonly kind: "late"; readonly allowed: number }
  /** Not complete: so many ports came, and these did not, where that may be said. */
  | {
    readonly kind: "incomplete";
    readonly came: number;
    readonly length: number;
    readonly missing?: Sequence;
  }
  /**
   * Every port came, and `first` before the one that was expected; `nth`: that one comes
   * several times in the sequence, and this is about the second, or a later one.
   */
  | {
    readonly kind: "order";
    readonly first: Knock;
    readonly before: Knock;
    readonly nth?: number;
  }
  /** A port came by the other protocol. */
  | { readonly kind: "protocol"; readonly expected: Knock }
  /** A port did not come; the one that came where it was expected, if any did. */
  | {
    readonly kind: "missing";
    readonly expected: Knock;
    readonly nth?: number;
    readonly instead?: Knock;
  }
  /** A single packet that was changed, or made for another address than it came from. */
  | { readonly kind: "proof" }
  /** A single packet that waited too long to be read. */
  | { readonly kind: "late packet"; readonly allowed: number }
  /** Complete amid so many other hits of its source that it was a scan. */
  | { readonly kind: "scan"; readonly others: number }
  /** The step or line was used before; of counters a later one uses up those before it. */
  | { readonly kind: "used"; readonly orLater?: true }
  /** The step may have been used before: the journal is new, and knows it from `from` on. */
  | { readonly kind: "new journal"; readonly from: number; readonly now: number }
  /**
   * A step that begins at `spent`, Unix milliseconds, was spent by a clock that was ahead;
   * `shared`: in a whole fleet, which forgets none.
   */
  | {
    readonly kind: "future";
    readonly door: string;
    readonly client: string;
    readonly spent: number;
    readonly shared: boolean;
  }
  /** The client's clock is off: seconds ahead, behind below 0, and what is allowed. */
  | {
    readonly kind: "clock";
    readonly client: string;
    readonly ahead: number;
    readonly allowed: number;
  };
