/** `knockd otp`: a one-time sequence for any other client. */

import { realClientSystem } from "../../client/client_system.ts";
import { formatKnock } from "../../core/sequence.ts";
import { print } from "../terminal.ts";
import { type OneTimeFlags, oneTimeSequence } from "./one_time.ts";

/** Prints a profile's next knock, which counts as used then. */
export async function printSequence(name: string, options: OneTimeFlags): Promise<void> {
  const sequence = await oneTimeSequence(realClientSystem(), name, options);
  print(sequence[0]?.payload?.toHex() ?? sequence.map(formatKnock).join(" "));
}
