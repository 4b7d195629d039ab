/**
 * Values of options, read strictly.
 *
 * @module
 */
import type { Form } from "../client/forms.ts";
import { UsageError } from "../core/failure.ts";
import { parseKnock } from "../core/sequence.ts";

/** A reader of whole numbers from 0 to a limit, named as `what` where one is wrong. */
export function numberUpTo(limit: number, what: string): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Infinity;
    if (value <= limit) return value;
    throw new UsageError(
      `${what} ${JSON.stringify(text.slice(0, 40))} is not a number from 0 to ${limit}`,
    );
  };
}

/** Reads milliseconds between hits: an hour at most. */
export const parseDelay = numberUpTo(3_600_000, "delay");

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
