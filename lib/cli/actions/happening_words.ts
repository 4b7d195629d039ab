/**
 * What the history holds, in words; times are those of the local clock.
 *
 * @module
 */
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

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The moment that an option's text means, Unix milliseconds; a UsageError if none. */
export function timeOf(option: string, text: string, now: number): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * UNITS[unit!]! * 1000;
  const date = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?$/.test(text)
    // A date alone would be taken for one of Greenwich's.
    ? Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"))
    : NaN;
  if (!Number.isNaN(date)) return date;
  throw new UsageError(
    `${option} ${JSON.stringify(text.slice(0, 40))} is no time`,
    `${option} 45m, 12h, 2d, 2026-11-26 or 2026-11-26T08:00`,
  );
}

const WORDS: Readonly<Record<string, string>> = {
  open: "opened",
  extend: "kept open",
  close: "closed",
  refused: "refused",
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
