/** A door that the kernel opens, in the place of one with a command. */

import { PORTS } from "./arena.ts";
import type { Contender } from "./contender.ts";

/** What it opens. */
export const OPENED = 22;

/** What it does, in the config's words. */
export const OPENS: readonly string[] = [
  `open = ${OPENED}`,
  "cmd_timeout = 600",
  "max_open = 10000",
];

/** The same contender with such a door, or one that is given in the config's words. */
export function ofTheKernel(contender: Contender): Contender {
  return {
    ...contender,
    prepare(directory, _, more) {
      const door = more ??
        `[doors.open]\nsequence = "${PORTS.join()}"\n${OPENS.join("\n")}\n`;
      return contender.prepare(directory, [], door);
    },
  };
}
