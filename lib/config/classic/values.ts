/**
 * Values in a knockd.conf. Like C's strtol(), knockd takes the digits of a number and
 * leaves what follows them.
 */

import type { KernelPorts } from "../../core/firewall/kernel_ports.ts";
import type { Knock } from "../../core/door.ts";
import { type KnockReader, parseKnock } from "../../core/sequence.ts";
import * as limits from "../limits.ts";
import { parseOpen } from "../open_ports.ts";
import { readPorts } from "../ports.ts";
import type { Finding, Path } from "../problems.ts";
import type { ClassicContext } from "./context.ts";

/** A value, and where it is. */
export interface Value {
  readonly value: string;
  readonly path: Path;
}

/** Reads a sequence; ports that knockd 0.8 would pass over are errors. */
export function readSequence(
  { value, path }: Value,
  { report }: ClassicContext,
): Knock[] {
  const read: KnockReader = (part, { index, offset }) => {
    const [, digits = "", rest = "", protocol = "", more] =
      /^\s*(?:\+?(\d+))?([^:]*)(?::([^:]*))?(:.*)?$/s.exec(part) ?? [];
    if (digits === "" || hidesPort(rest)) return parseKnock(part.trim());
    if (/^(tcp|udp)\s*#/i.test(protocol)) {
      return "the comment is taken for a part of the protocol; put it on a line of its own";
    }
    const knock = parseKnock(protocol === "" ? digits : `${digits}:${protocol}`);
    if (typeof knock !== "string" && (rest.trim() !== "" || more !== undefined)) {
      const message = `only ${knock.port}:${knock.protocol} of this is read`;
      const subject = [...path, index];
      report({ severity: "warning", path, subject, offset, message });
    }
    return knock;
  };
  return readPorts(value, path, report, { read });
}

/** `7000 8000`, `7000-7002` and `7000/udp` are other ports than the one that is read. */
function hidesPort(rest: string): boolean {
  const [said = ""] = rest.split(/#|;|\/\//, 1);
  return /\d|udp/i.test(/^\s*;\s*\d/.test(rest) ? rest : said);
}

export function readSeconds(
  said: Value | undefined,
  least: number,
  context: ClassicContext,
): number | undefined {
  return readNumber(said, least, limits.MAX_SECONDS, "seconds", context);
}

/** Reads a number of ports that may be hit besides; -1 for any. */
export function readTolerance(
  said: Value | undefined,
  context: ClassicContext,
): number | undefined {
  return readNumber(said, -1, limits.MAX_TOLERANCE, "ports", context);
}

/** Reads a number of addresses that a door is open for at once. */
export function readMaxOpen(
  said: Value | undefined,
  context: ClassicContext,
): number | undefined {
  return readNumber(said, 1, limits.MAX_OPEN.max, "addresses", context);
}

function readNumber(
  said: Value | undefined,
  least: number,
  most: number,
  unit: string,
  { report }: ClassicContext,
): number | undefined {
  if (said === undefined) return undefined;
  const { value, path } = said;
  const fail = (message: string) => report({ severity: "error", path, message });
  const warn = (message: string) => report({ severity: "warning", path, message });
  const [digits] = /^[+-]?\d+/.exec(value) ?? [];
  const number = Number(digits);
  if (digits === undefined) fail(`expected a number of ${unit}`);
  else if (number < least) fail(`${number} is below ${least}`);
  else if (number > most && unit === "seconds") warn("this is taken for a year");
  else if (number > most) fail(`more than ${most} ${unit}`);
  else if (digits !== value) warn(`only ${number} of this is read`);
  return Math.min(number, most);
}

/** knockd takes a value with its quotes; only the shell takes them off. */
export function quotesFinding({ value, path }: Value): Finding | undefined {
  if (!/^(["']).*\1$|^[“”„‘’].*[“”‘’]$/su.test(value)) return undefined;
  const message = "the quotes are taken for a part of the value";
  return { severity: "error", path, message, hint: "write it without quotes" };
}

/** Reads the ports that the kernel opens. */
export function readOpen(
  said: Value | undefined,
  { report }: ClassicContext,
): KernelPorts | undefined {
  if (said === undefined) return undefined;
  const { ports, problems } = parseOpen(said.value);
  for (const { offset, message } of problems) {
    report({ severity: "error", path: said.path, offset, message });
  }
  return { ports, allow: [], connections: 0 };
}
