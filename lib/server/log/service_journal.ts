/**
 * What is different where systemd's journal collects a program's output (sd-daemon(3)).
 */

import type { LogRecord } from "@logtape/logtape";
import { statOf } from "../../files/look.ts";

/**
 * The variable that systemd sets where a program's output goes to its journal, to which
 * syslog's lines go too: device and inode of the stream that is collected.
 */
export const JOURNAL_STREAM = "JOURNAL_STREAM";

/** Priorities of syslog(3). */
const PRIORITIES: Partial<Record<LogRecord["level"], number>> = {
  ...{ debug: 7, info: 6, warning: 4, error: 3 },
};

/**
 * Whether the journal has what is written to a descriptor: the variable alone tells of an
 * output that may have been sent elsewhere since.
 *
 * @param stream what {@linkcode JOURNAL_STREAM} says
 */
export function isCollected(
  fd: number,
  stream: string | undefined = Deno.env.get(JOURNAL_STREAM),
): boolean {
  if (stream === undefined) return false;
  const output = statOf(`/proc/self/fd/${fd}`);
  return stream === `${output?.dev}:${output?.ino}`;
}

/** What a line begins with so that the journal knows how grave it is. */
export function priorityPrefix({ level }: LogRecord): string {
  return prefixOf(level);
}

/** The same for a line that the command line has on standard error, as `knockd: error: …`. */
export function linePrefix(line: string): string {
  const [, level] = /^knockd: (error|warning): /.exec(line) ?? [];
  return prefixOf(level as LogRecord["level"] | undefined ?? "info");
}

function prefixOf(level: LogRecord["level"]): string {
  return `<${PRIORITIES[level] ?? 6}>`;
}
