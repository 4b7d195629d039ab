/** What capturing has to tell, each once when it changes. */

/** Something about an interface, or this host's addresses, is different now. */
export type CaptureEvent =
  /** It hears: from now on every packet that passes the filter is handed over. */
  | {
    readonly kind: "listening";
    readonly interface: string;
    readonly addresses: readonly string[];
  }
  /** It does not hear, until `listening` says otherwise. */
  | { readonly kind: "deaf"; readonly interface: string; readonly reason: string }
  /** It is not to be heard any more, and nothing waits for it. */
  | { readonly kind: "left"; readonly interface: string; readonly reason: string }
  /** It hears, but at a cost. */
  | { readonly kind: "slow"; readonly interface: string; readonly reason: string }
  /** All addresses of this host. */
  | { readonly kind: "addresses"; readonly addresses: readonly string[] };

/** How an interface is doing. */
export interface InterfaceStatus {
  /** Its name. */
  readonly interface: string;
  readonly hears: boolean;
  /** Its addresses now. */
  readonly addresses: readonly string[];
  /** Packets it brought since the start. */
  readonly packets: number;
  /** Packets it lost since the start, because they were not read in time. */
  readonly dropped: number;
  /** Why it does not hear; empty when it does. */
  readonly reason: string;
}
