/** What the history holds, in words; times are those of the local clock. */

import { UsageError } from "../../../core/failure.ts";
import { secondOf } from "../../../core/local_time.ts";
import { escapeControls } from "../../../core/printable.ts";
import type { Happening, HistoryQuestion } from "../../../server/history/happening.ts";

/** How to read on, where there may be more than one answer holds. */
export function readOn([oldest, ...newer]: readonly Happening[]): string {
  const second = Math.ceil(oldest!.time / 1000) * 1000;
  return `knockd: these are the newest ${newer.length + 1}; for what was before: ` +
    `--until ${secondOf(second).replace(" ", "T")}`;
}

/** What was asked for, so that a mistyped name is seen. */
export function ofWhat({ door, client, ip, since, until }: HistoryQuestion): string {
  const parts = [
    door === undefined ? "" : ` of the door ${door}`,
    client === undefined ? "" : ` of the client ${client}`,
    ip === undefined ? "" : ` of ${ip}`,
    since === undefined ? "" : ` since ${secondOf(since)}`,
    until === undefined ? "" : ` until ${secondOf(until)}`,
  ];
  return escapeControls(parts.join(""));
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 },
};
/** A date, a time of that day, and a zone where it is not the local one. */
const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?))?$/;

/**
 * The moment that an option's text means, Unix milliseconds; a UsageError if none. What
 * journalctl's options of these names take is taken, too.
 */
export function timeOf(option: string, text: string, now: number): number {
  const found = agoOf(text, now) ?? dayOf(text, now) ?? dateOf(text);
  // Before 1970 there is nothing on record, and further back no date at all.
  if (found !== undefined) return Math.max(found, 0);
  throw new UsageError(
    `${option} ${JSON.stringify(text.slice(0, 40))} is no time`,
    `${option} 45m, 12h, 2d, 2026-11-26 or 2026-11-26T08:00`,
  );
}

const UNIT = "(?:sec|min|(?:second|minute|hour|day|week)s?|[smhdw])";
const SPANS = new RegExp(`^-?((?:\\d{1,9} ?${UNIT} ?)+)(?:ago)?$`);

/** `2d`, `1h30m`, `-5min`, `2 days ago`. */
function agoOf(text: string, now: number): number | undefined {
  const [, spans] = SPANS.exec(text) ?? [];
  let time = now;
  for (const [, count, unit] of spans?.matchAll(/(\d+) ?([a-z])/g) ?? []) {
    time -= Number(count) * UNITS[unit!]! * 1000;
  }
  return spans === undefined ? undefined : time;
}

/** `now`, `today`, `yesterday`, `08:00` of today, `@1795780800`. */
function dayOf(text: string, now: number): number | undefined {
  if (text === "now") return now;
  const [, seconds] = /^@(\d{1,11})$/.exec(text) ?? [];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const isTime = /^\d\d:\d\d(:\d\d)?$/.test(text);
  if (!isTime && text !== "today" && text !== "yesterday") return undefined;
  const date = new Date(now);
  if (text === "yesterday") date.setDate(date.getDate() - 1);
  const day = secondOf(date.getTime()).slice(0, 10);
  return dateOf(isTime ? `${day}T${text}` : day);
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
    `${secondOf(time)}  ${ip}: ${door}: ` +
      `${WORDS[event] ?? event}${whose}${reason}`,
  );
}
