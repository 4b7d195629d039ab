/** `knockd status --watch`. */

import type { Status } from "../../../server/status.ts";
import { statusLines } from "./status_lines.ts";
import { canRedraw, HOME_AND_CLEAR, printed } from "../../terminal.ts";

/** Prints the status every second, in place on a terminal, as long as somebody reads it. */
export async function watchStatus(
  ask: () => Promise<Status>,
  pause: () => Promise<void> = second,
): Promise<void> {
  const inPlace = canRedraw(Deno.stdout);
  for (;;) {
    const lines = statusLines(await ask()).join("\n");
    if (!printed(inPlace ? `${HOME_AND_CLEAR}${lines}` : `${lines}\n`)) return;
    await pause();
  }
}

function second(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000));
}
