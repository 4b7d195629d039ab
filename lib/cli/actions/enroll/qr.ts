/** QR codes for a terminal. */

import { encode } from "uqr";

const BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m";
const RESET = "\x1b[0m";
/** What scanners need around a code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/**
 * Draws a text as a QR code, two rows a line, in colours of its own, so that the terminal's
 * do not matter; or says why there is none in so many columns.
 */
export function qrText(
  text: string,
  columns: number,
): { code: string } | { why: string } {
  let rows: boolean[][];
  try {
    rows = encode(text, { ecc: "L", border: QUIET_ZONE }).data;
  } catch (error) {
    if (error instanceof RangeError) return { why: "the line is too long for one" };
    throw error;
  }
  // A line that is broken makes all of it unreadable.
  if (rows.length > columns) {
    return { why: `it takes ${rows.length} columns, and the terminal has ${columns}` };
  }
  const lines: string[] = [];
  for (let y = 0; y < rows.length; y += 2) {
    const lower = rows[y + 1] ?? [];
    const line = (rows[y] ?? []).map((upper, x) => halves(upper, lower[x] ?? false));
    lines.push(`${BLACK_ON_WHITE}${line.join("")}${RESET}`);
  }
  return { code: lines.join("\n") };
}

function halves(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}
