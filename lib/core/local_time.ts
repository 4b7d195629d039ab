/**
 * Moments as the log, `knockd status` and `knockd log` show them: all in local time, the
 * clock on the wall of whoever reads them.
 */

/** `2026-11-22 08:00`; milliseconds since 1970, as everywhere here. */
export function minuteOf(time: number): string {
  return secondOf(time).slice(0, -3);
}

/** `2026-11-22 08:00:12`. */
export function secondOf(time: number): string {
  return isoOf(time).slice(0, 19).replace("T", " ");
}

/** `2026-11-22T08:00:12.345+01:00` (ISO 8601, RFC 3339). */
export function isoOf(time: number): string {
  const offset = -new Date(time).getTimezoneOffset();
  const local = new Date(time + offset * 60_000).toISOString().slice(0, -1);
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${local}${offset < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
