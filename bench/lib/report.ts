/** The table of all figures, for people and for programs. */

import type { Machine } from "./machine.ts";
import { type Row, summary } from "./row.ts";

/** As Markdown. */
export function markdown(machine: Machine, rows: readonly Row[]): string {
  const head = ["figure", "knockd", "knockd 0.8", "ratio", "bar", ""];
  const lines = [head, head.map((_, i) => i === 0 ? "---" : "---:"), ...rows.map(cells)];
  const table = lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const { cpu, cores, memory, kernel, deno, knockd, program, date } = machine;
  return `${table}

Medians, measured on ${date} on ${cores} cores of ${cpu}, ${memory} GB, Linux ${kernel};
knockd ${knockd} (${program}) with Deno ${deno} beside Debian's knockd 0.8, in the same run.
`;
}

/** As JSON, with every repetition. */
export function json(machine: Machine, rows: readonly Row[]): string {
  const figures = rows.map((row) => {
    return { ...summary(row), repetitions: { ours: row.ours, rival: row.rival } };
  });
  return JSON.stringify({ machine, figures }, undefined, 2) + "\n";
}

function cells(row: Row): string[] {
  const { figure, unit, ours, rival, ratio, bar, reached } = summary(row);
  return [
    figure,
    `${number(ours)} ${unit}`,
    rival === undefined ? "" : `${number(rival)} ${unit}`,
    ratio === undefined || !Number.isFinite(ratio) ? "" : number(ratio),
    bar ?? "",
    reached === undefined ? "reported" : reached ? "reached" : "**missed**",
  ];
}

/** Three digits are what such measurements can tell. */
function number(value: number): string {
  if (!Number.isFinite(value)) return "none";
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
