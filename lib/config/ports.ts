/** Ports as a config writes them, in one text or in an array. */

import type { Knock } from "../core/door.ts";
import {
  type KnockReader,
  MAX_SEQUENCE_LENGTH,
  parseKnock,
  parseKnocks,
  parseSequence,
} from "../core/sequence.ts";
import type { Finding, Path } from "./problems.ts";

/** How many ports there may be, and what reads one of them. */
export interface PortRules {
  /** At most; as many as in a sequence where nothing is said. */
  readonly max?: number;
  readonly read?: KnockReader;
}

/** Reads ports; wrong ones are reported, each where it stands. */
export function readPorts(
  written: string | readonly (string | number)[],
  path: Path,
  report: (finding: Finding) => void,
  { max = MAX_SEQUENCE_LENGTH, read = parseKnock }: PortRules = {},
): Knock[] {
  const inText = typeof written === "string";
  const { sequence, problems } = inText
    ? parseSequence(written, max, read)
    : parseKnocks(written.map(String), max, read);
  for (const { index, offset, message } of problems) {
    const subject = [...path, index];
    report({
      severity: "error",
      ...inText ? { path, subject, offset } : { path: subject },
      message,
    });
  }
  return [...sequence];
}
