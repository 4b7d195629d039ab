/** Sequences as text: `7000,8000:udp,9000`. */

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
  if (/^(tcp|udp)$/i.test(digits)) return noPort(text.trim());
  if (!/^\d+$/.test(digits)) return noPort(digits);
  const port = Number(digits);
  if (port === 0) return "port 0 can't be knocked on; ports are 1 to 65535";
  if (port > 65535) return `port ${shortened(digits)} is above 65535`;
  const name = protocol.toLowerCase();
  if (name !== "tcp" && name !== "udp") {
    const why = name.startsWith("icmp") ? ": a ping has no port to knock at" : "";
    return `${quoted(protocol)} is not tcp or udp${why}`;
  }
  return { port, protocol: name };
}

/** What reads one part of a sequence; a string says what is wrong. */
export type KnockReader = (
  text: string,
  at: { readonly index: number; readonly offset: number },
) => Knock | string;

/** Reads parts, `max` of them at most, reporting every one that is wrong. */
export function parseKnocks(
  parts: readonly string[],
  max: number,
  read: KnockReader,
): { sequence: Sequence; problems: SequenceProblem[] } {
  const sequence: Knock[] = [];
  const problems: SequenceProblem[] = [];
  let start = 0;
  for (const [index, part] of parts.slice(0, max).entries()) {
    const offset = start + part.length - part.trimStart().length;
    const knock = read(part, { index, offset });
    if (typeof knock === "string") problems.push({ index, offset, message: knock });
    else sequence.push(knock);
    start += part.length + 1;
  }
  if (parts.length > max) {
    const message = `${parts.length} ports; there can be ${max} at most`;
    problems.push({ index: max, offset: start, message });
  }
  return { sequence, problems };
}

/** Reads a sequence, reporting every part that is wrong. */
export function parseSequence(
  text: string,
  max = MAX_SEQUENCE_LENGTH,
  read: KnockReader = parseKnock,
): { sequence: Sequence; problems: SequenceProblem[] } {
  return parseKnocks(text.split(","), max, read);
}

/** The text of a knock: `8000` for TCP, `8000:udp` for UDP. */
export function formatKnock(knock: Knock): string {
  return knock.protocol === "tcp" ? `${knock.port}` : `${knock.port}:${knock.protocol}`;
}

/** The text of a sequence, which {@linkcode parseSequence} reads back. */
export function formatSequence(sequence: Sequence): string {
  return sequence.map(formatKnock).join(",");
}

/** Services that doors are for, as people name them. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ["ssh", "22"],
  ["openssh", "22"],
  ["http", "80"],
  ["https", "443"],
  ["rdp", "3389"],
  ["vnc", "5900"],
  ["ftp", "21"],
  ["smtp", "25"],
  ["imaps", "993"],
  ["mysql", "3306"],
  ["postgres", "5432"],
  ["postgresql", "5432"],
  ["openvpn", "1194:udp"],
  ["wireguard", "51820:udp"],
]);

/** Says what is wrong with what is no number, and what was meant where that can be seen. */
function noPort(text: string): string {
  const message = `${quoted(text)} is not a port number`;
  const [, port, protocol] = /^(\d{1,5})(?:\s+|\s*\/\s*)(tcp|udp)$/i.exec(text) ?? [];
  if (protocol !== undefined) return `${message}; write ${port}:${protocol}`;
  const [, before, number] = /^(tcp|udp)(?:\s+|\s*[:/]\s*)(\d{1,5})$/i.exec(text) ?? [];
  if (before !== undefined) return `${message}; write ${number}:${before}`;
  if (/^\d{1,5}\s*-\s*\d{1,5}$/.test(text)) {
    return `${message}; every port of a range is written out`;
  }
  if (/^\d{1,5}[^\w,]{1,9}\d/.test(text)) {
    return `${message}; commas stand between ports, as 7000,8000:udp`;
  }
  if (/^["'\u2018-\u201f]|["'\u2018-\u201f]$/.test(text)) {
    return `${message}; the quotes are part of it`;
  }
  const known = SERVICES.get(text.toLowerCase());
  return known === undefined ? message : `${message}; write ${known}`;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
