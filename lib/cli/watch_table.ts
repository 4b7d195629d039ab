/**
 * What happens, as a table that stays in its place: a row for each source and door.
 *
 * @module
 */
import { BoundedMap } from "../core/bounded_map.ts";
import { escapeControls } from "../core/printable.ts";
import type { WatchedLine } from "../server/log/watchers.ts";

/** Rows that are kept; the oldest give way. */
const MOST_ROWS = 1000;

interface Row {
  readonly time: number;
  readonly source: string;
  readonly door: string;
  readonly what: string;
}

/** The newest thing about each source and door. */
export class WatchTable {
  readonly #rows = new BoundedMap<string, Row>(MOST_ROWS);

  /** Takes a line in; what is about no source goes by itself. */
  add({ time, line, values }: WatchedLine): void {
    const text = (name: string) => String(values[name] ?? "");
    // What came of a hit is not to hide what came of the knock.
    const isHit = values["event"] === "hit";
    const [source, door] = [text("ip"), isHit ? "" : text("door")];
    const what = lastWords(line, source, door);
    const key = source === "" ? `\0${text("event")}` : `${source}\0${door}`;
    this.#rows.set(key, { time, source: source || "-", door: door || "-", what });
  }

  /** The newest rows, so many of them, cut to a width. */
  lines(height: number, width: number): string[] {
    const rows = [...this.#rows.values()].reverse().slice(0, Math.max(1, height - 1));
    const source = widest("SOURCE", rows.map((row) => row.source));
    const door = widest("DOOR", rows.map((row) => row.door));
    const line = (time: string, from: string, to: string, what: string) =>
      escapeControls(
        `${time.padEnd(8)}  ${from.padEnd(source)}  ${to.padEnd(door)}  ${what}`,
      ).slice(0, width).trimEnd();
    return [
      line("TIME", "SOURCE", "DOOR", "WHAT"),
      ...rows.map((row) => line(clockTime(row.time), row.source, row.door, row.what)),
    ];
  }
}

/** The line without what other columns say. */
function lastWords(line: string, source: string, door: string): string {
  const prefix = source === ""
    ? ""
    : door === ""
    ? `${source}: `
    : `${source}: ${door}: `;
  return line.startsWith(prefix) ? line.slice(prefix.length) : line;
}

function widest(title: string, cells: readonly string[]): number {
  return Math.max(title.length, ...cells.map((cell) => cell.length));
}

function clockTime(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}
