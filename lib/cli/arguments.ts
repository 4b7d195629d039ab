/** Values of options, read strictly. */

import type { Form } from "../client/forms.ts";
import { UsageError } from "../core/failure.ts";
import { quoted } from "../core/printable.ts";
import { parseKnock } from "../core/sequence.ts";

/** A number on the command line: its option, what it counts, from where and up to where. */
interface Count {
  /** The option that it is the value of. */
  readonly option: string;
  /** What there are so many of. */
  readonly unit: "milliseconds" | "seconds" | "times";
  /** 0 if it is not said. */
  readonly least?: number;
  readonly limit: number;
  readonly example: number;
}

/** A reader of whole numbers up to a limit; what it can't read is a UsageError. */
export function countReader(count: Count): (text: string) => number {
  const { option, unit, least = 0, limit, example } = count;
  const inUnit = unit === "times" ? "" : `in ${unit}: `;
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Infinity;
    if (value >= least && value <= limit) return value;
    throw new UsageError(
      `${option} ${quoted(text)} is not a number from ${least} to ${limit}`,
      `${inUnit}${option} ${meant(text, count) ?? example}`,
    );
  };
}

/** Reads milliseconds between hits: an hour at most. */
export const parseDelay = countReader({
  option: "--delay",
  unit: "milliseconds",
  limit: 3_600_000,
  example: 500,
});

const IN_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** The number for `30s`, `5 min` or `1.5`, where it can be told. */
function meant(text: string, { unit, least = 0, limit }: Count): number | undefined {
  const [, digits, name = ""] = /^(\d+(?:\.\d+)?) ?(ms|[smh])?[a-z]*$/i.exec(text) ?? [];
  if (digits === undefined || unit === "times") return undefined;
  const own = unit === "seconds" ? 1 : 0.001;
  const seconds = Number(digits) * (IN_SECONDS[name.toLowerCase()] ?? own);
  return Math.max(least, Math.min(limit, Math.ceil(seconds / own)));
}

/** Reads the number of a TCP port. */
export function parsePort(text: string): number {
  const knock = text.includes(":")
    ? `${JSON.stringify(text)} is no port`
    : parseKnock(text);
  if (typeof knock === "string") throw new UsageError(knock);
  return knock.port;
}

/** Reads the form of a one-time knock. */
export function parseForm(text: string): Form {
  if (text === "packet" || text === "sequence") return text;
  throw new UsageError(`${JSON.stringify(text)} is no form: it is packet or sequence`);
}
