/** Where a door takes single packets. */

import type { Door } from "./door.ts";

/** The UDP port that a door takes single packets on, if it does. */
export function packetPort({ key }: Pick<Door, "key">): number | undefined {
  return key.kind === "otp" ? key.otp.packet : undefined;
}
