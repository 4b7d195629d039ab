/** What a daemon does when interfaces begin or cease to hear. */

import { type Address, parseAddress } from "../core/address.ts";
import type { CaptureEvent } from "./capture/event.ts";
import type { Report } from "./log/report.ts";

/** Who is told. */
export interface CaptureListeners {
  readonly report: Report;
  readonly onListening: (name: string, addresses: readonly string[]) => void;
  readonly onDeaf: (name: string, reason: string) => void;
  /** Called with all addresses of this host. */
  readonly onAddresses: (addresses: Address[]) => void;
}

/** Tells them of an event. */
export function tellOf(event: CaptureEvent, to: CaptureListeners): void {
  switch (event.kind) {
    case "listening":
      to.report.listening(event.interface, event.addresses);
      return to.onListening(event.interface, event.addresses);
    case "deaf":
      to.report.deaf(event.interface, event.reason);
      return to.onDeaf(event.interface, event.reason);
    case "slow":
      return to.report.slow(event.interface, event.reason);
    case "addresses":
      return to.onAddresses(event.addresses.flatMap((text) => parseAddress(text) ?? []));
  }
}
