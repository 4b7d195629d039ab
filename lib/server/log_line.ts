/**
 * What a line of the log looks like. Nothing that is logged can forge a second line or
 * speak to the terminal it is shown on.
 *
 * @module
 */
import type { LogRecord } from "@logtape/logtape";

/** Characters that a longer message is cut to. */
export const LONGEST_MESSAGE = 8192;

/** The message with its values filled in, without control characters. */
export function messageText(record: LogRecord): string {
  let text = "";
  record.message.forEach((part) => text += String(part));
  if (text.length > LONGEST_MESSAGE) text = `${text.slice(0, LONGEST_MESSAGE)}…`;
  return escapeControls(text);
}

/** knockd's line: `[2026-11-22 08:00] 10.77.0.1: ssh: Stage 1`, in local time. */
export function textLine(record: LogRecord): string {
  const time = new Date(record.timestamp);
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())];
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return `[${date.join("-")} ${clock}] ${messageText(record)}`;
}

/** One JSON object: time, level, event, door, ip, client, message, then the rest. */
export function jsonLine(record: LogRecord): string {
  const { event, door, ip, client, ...rest } = record.properties;
  const time = new Date(record.timestamp).toISOString();
  const message = messageText(record);
  const own = { time, level: record.level, event, door, ip, client, message };
  return JSON.stringify({ ...own, ...rest, ...own }, printable).replace(
    CONTROLS,
    unicode,
  );
}

/** Control characters, line separators, and what reverses the order of text. */
const CONTROLS = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** Shows control characters as `\n`, `\x1b` or `\u202e`. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    if (character === "\n") return "\\n";
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : unicode(character);
  });
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** JSON has no such numbers, and no record may fail to be logged. */
function printable(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Error ? value.message : value;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
