/** What happens, as a table that stays in its place: a row for each source and door. */

import { BoundedMap } from "../../../core/bounded_map.ts";
import { escapeControls } from "../../../core/printable.ts";
import { folded } from "../columns.ts";
import type { WatchedLine } from "../../../server/log/watchers.ts";

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
    const key = source === "" ? `\0${text("event")}\0${door}` : `${source}\0${door}`;
    const [from, to] = [escapeControls(source) || "-", escapeControls(door) || "-"];
    this.#rows.set(key, { time, source: from, door: to, what: escapeControls(what) });
  }

  /** The newest rows that so many lines have room for, none wider than a width. */
  lines(height: number, width: number): string[] {
    const lines = this.#all(Math.max(1, height - 1), Math.max(1, width));
    return lines.slice(0, Math.max(1, height));
  }

  #all(most: number, width: number): string[] {
    const rows = [...this.#rows.values()].reverse().slice(0, most);
    const source = widest("SOURCE", rows.map((row) => row.source));
    const door = widest("DOOR", rows.map((row) => row.door));
    const before = (time: string, from: string, to: string) =>
      `${time.padEnd(8)}  ${from.padEnd(source)}  ${to.padEnd(door)}`;
    const indent = " ".repeat(before("", "", "").length + 2);
    // Why a knock failed is what one looks for: it is folded, and never cut.
    if (width - indent.length < LEAST_WORDS) return rows.flatMap(stacked(width));
    return [
      `${before("TIME", "SOURCE", "DOOR")}  WHAT`,
      ...rows.flatMap((row) => {
        const [first = "", ...below] = wrapped(row.what, indent, width);
        const left = before(clockTime(row.time), row.source, row.door);
        return [left + first.slice(left.length), ...below];
      }),
    ];
  }
}

/** Columns below which words have lines of their own. */
const LEAST_WORDS = 24;

/** A row with its words below what stands before them. */
function stacked(width: number): (row: Row) => string[] {
  return ({ time, source, door, what }) => [
    ...wrapped(`${clockTime(time)} ${source} ${door}`, "", width),
    ...wrapped(what, "  ", width),
  ];
}

/** The text in lines that are no wider than that, whatever its words are like. */
function wrapped(text: string, indent: string, width: number): string[] {
  const longest = Math.max(1, width - indent.length);
  const words = text.split(" ").flatMap((word) => pieces(word, longest));
  return folded(words.join(" "), indent, width).map((line) => line.trimEnd());
}

function pieces(word: string, length: number): string[] {
  const found: string[] = [];
  for (let i = 0; i < word.length; i += length) found.push(word.slice(i, i + length));
  return found;
}

/** The line without what other columns say. */
function lastWords(line: string, source: string, door: string): string {
  const prefix = [source, door].filter((cell) => cell !== "").map((cell) => `${cell}: `)
    .join("");
  return line.startsWith(prefix) ? line.slice(prefix.length) : line;
}

function widest(title: string, cells: readonly string[]): number {
  return Math.max(title.length, ...cells.map((cell) => cell.length));
}

function clockTime(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}
