/** What the history holds, in words; times are those of the local clock. */

import { UsageError } from "../../core/failure.ts";
import { escapeControls } from "../../core/printable.ts";
import type { Happening, HistoryQuestion } from "../../server/history/happening.ts";

/** How to read on, where there may be more than one answer holds. */
export function readOn([oldest, ...newer]: readonly Happening[]): string {
  const second = Math.ceil(oldest!.time / 1000) * 1000;
  return `knockd: these are the newest ${newer.length + 1}; for what was before: ` +
    `--until ${timeText(second).replace(" ", "T")}`;
}

/** What was asked for, so that a mistyped name is seen. */
export function ofWhat({ door, client, ip, since, until }: HistoryQuestion): string {
  const parts = [
    door === undefined ? "" : ` of the door ${door}`,
    client === undefined ? "" : ` of the client ${client}`,
    ip === undefined ? "" : ` of ${ip}`,
    since === undefined ? "" : ` since ${timeText(since)}`,
    until === undefined ? "" : ` until ${timeText(until)}`,
  ];
  return escapeControls(parts.join(""));
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 },
};
/** A date, a time of that day, and a zone where it is not the local one. */
const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?))?$/;

/** The moment that an option's text means, Unix milliseconds; a UsageError if none. */
export function timeOf(option: string, text: string, now: number): number {
  const [, count, unit] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * UNITS[unit!]! * 1000;
  const date = dateOf(text);
  if (date !== undefined) return date;
  throw new UsageError(
    `${option} ${JSON.stringify(text.slice(0, 40))} is no time`,
    `${option} 45m, 12h, 2d, 2026-11-26 or 2026-11-26T08:00`,
  );
}

function dateOf(text: string): number | undefined {
  const [, year, month, day, time = "00:00"] = DATE.exec(text) ?? [];
  if (year === undefined) return undefined;
  // A date alone would be taken for one of Greenwich's, and the 30th of February for March.
  const days = new Date(Number(year), Number(month), 0).getDate();
  const date = Date.parse(`${year}-${month}-${day}T${time}`);
  return Number.isNaN(date) || Number(day) > days ? undefined : date;
}

const WORDS: Readonly<Record<string, string>> = {
  open: "opened",
  extend: "kept open",
  close: "closed",
  refused: "refused",
  "still open": "STILL OPEN",
  "left open": "LEFT OPEN when the daemon ended",
  "gave up": "given up, look at the firewall",
};

/** A happening as a line, in the local clock, as the log has it. */
export function logLine({ time, event, door, ip, client, why }: Happening): string {
  const whose = client === undefined ? "" : ` (${client})`;
  const reason = why === undefined ? "" : `: ${why}`;
  return escapeControls(
    `${timeText(time)}  ${ip}: ${door}: ` +
      `${WORDS[event] ?? event}${whose}${reason}`,
  );
}

function timeText(time: number): string {
  const date = new Date(time);
  const two = (number: number) => `${number}`.padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())];
  return `${day.join("-")} ${date.toTimeString().slice(0, 8)}`;
}
