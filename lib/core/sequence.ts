/**
 * Sequences as text: `7000,8000:udp,9000`.
 *
 * @module
 */
import type { Knock, Sequence } from "./door.ts";
import { quoted } from "./printable.ts";

/** Ports in a sequence at most, as in knockd 0.8. */
export const MAX_SEQUENCE_LENGTH = 32;

/** A part of a sequence that is not a knock, and what is wrong with it. */
export interface SequenceProblem {
  /** Index of the part, from 0. */
  readonly index: number;
  /** Offset of the part in the text. */
  readonly offset: number;
  /** What is wrong, in words for a user. */
  readonly message: string;
}

/** Reads one knock, `8000`, `8000:tcp` or `8000:udp`; a string says what is wrong. */
export function parseKnock(text: string): Knock | string {
  const colon = text.indexOf(":");
  const digits = (colon < 0 ? text : text.slice(0, colon)).trim();
  const protocol = colon < 0 ? "tcp" : text.slice(colon + 1).trim();
  if (!/^\d+$/.test(digits)) return `${quoted(digits)} is not a port number`;
  const port = Number(digits);
  if (port === 0) return "port 0 can't be knocked on; ports are 1 to 65535";
  if (port > 65535) return `port ${shortened(digits)} is above 65535`;
  const name = protocol.toLowerCase();
  if (name !== "tcp" && name !== "udp") return `${quoted(protocol)} is not tcp or udp`;
  return { port, protocol: name };
}

/** Reads ports, by default those of a sequence, reporting every part that is wrong. */
export function parseSequence(
  text: string,
  most: number = MAX_SEQUENCE_LENGTH,
): { sequence: Sequence; problems: SequenceProblem[] } {
  const sequence: Knock[] = [];
  const problems: SequenceProblem[] = [];
  const parts = text.split(",");
  let offset = 0;
  for (const [index, part] of parts.slice(0, most).entries()) {
    const knock = parseKnock(part);
    if (typeof knock === "string") {
      const lead = part.length - part.trimStart().length;
      problems.push({ index, offset: offset + lead, message: knock });
    } else sequence.push(knock);
    offset += part.length + 1;
  }
  if (parts.length > most) {
    const message = `${parts.length} ports; there can be ${most} at most`;
    problems.push({ index: most, offset, message });
  }
  return { sequence, problems };
}

/** The text of a knock: `8000` for TCP, `8000:udp` for UDP. */
export function formatKnock(knock: Knock): string {
  return knock.protocol === "tcp" ? `${knock.port}` : `${knock.port}:${knock.protocol}`;
}

/** The text of a sequence, which {@linkcode parseSequence} reads back. */
export function formatSequence(sequence: Sequence): string {
  return sequence.map(formatKnock).join(",");
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
