/**
 * What a line of the log looks like. Nothing that is logged can forge a second line or
 * speak to the terminal it is shown on.
 */

import type { LogRecord } from "@logtape/logtape";
import { isoOf, minuteOf } from "../../core/local_time.ts";
import { escapeControls, escapeControlsInJson } from "../../core/printable.ts";

/** Characters that a longer message is cut to. */
const LONGEST_MESSAGE = 8192;

/** The message with its values filled in, without control characters. */
export function messageText(record: LogRecord): string {
  let text = "";
  record.message.forEach((part) => text += String(part));
  if (text.length > LONGEST_MESSAGE) text = `${text.slice(0, LONGEST_MESSAGE)}…`;
  return escapeControls(text);
}

/** How exactly a line of text says when it was. */
export type LogTime = "minute" | "iso";

/**
 * knockd's line: `[2026-11-22 08:00] 10.77.0.1: ssh: Stage 1`, or the same with the moment
 * as ISO 8601 has it; in local time both.
 */
export function textLine(record: LogRecord, time: LogTime = "minute"): string {
  const when = time === "iso" ? isoOf(record.timestamp) : minuteOf(record.timestamp);
  return `[${when}] ${messageText(record)}`;
}

/** One JSON object: time, level, event, door, ip, client, message, then the rest. */
export function jsonLine(record: LogRecord): string {
  const { event, door, ip, client, ...rest } = record.properties;
  const time = new Date(record.timestamp).toISOString();
  const message = messageText(record);
  const own = { time, level: record.level, event, door, ip, client, message };
  return escapeControlsInJson(JSON.stringify({ ...own, ...rest, ...own }, printable));
}

/** JSON has no such numbers, and no record may fail to be logged. */
function printable(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Error ? value.message : value;
}
