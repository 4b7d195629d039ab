/** The table of all figures, for people and for programs. */

import type { Machine } from "./machine.ts";
import { type Row, type Side, summary } from "./row.ts";

const TITLES: Readonly<Record<Side, string>> = {
  ours: "knockd",
  before: "before",
  rival: "knockd 0.8",
  floor: "floor",
};

/** As Markdown. */
export function markdown(machine: Machine, rows: readonly Row[]): string {
  const sides = (Object.keys(TITLES) as Side[])
    .filter((side) => rows.some((row) => row[side] !== undefined));
  const head = ["figure", ...sides.map((side) => TITLES[side]), "ratio", "bar", ""];
  const rule = head.map((_, i) => i === 0 ? "---" : "---:");
  const lines = [head, rule, ...rows.map((row) => cells(row, sides))];
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
    const { ours, before, rival, floor } = row;
    return { ...summary(row), repetitions: { ours, before, rival, floor } };
  });
  return JSON.stringify({ machine, figures }, undefined, 2) + "\n";
}

function cells(row: Row, sides: readonly Side[]): string[] {
  const { figure, unit, medians, ratio, bar, reached } = summary(row);
  return [
    figure,
    ...sides.map((side) =>
      row[side] === undefined ? "" : `${number(medians[side])} ${unit}`
    ),
    Number.isFinite(ratio) ? number(ratio) : "",
    bar ?? "",
    reached === undefined ? "reported" : reached ? "reached" : "**missed**",
  ];
}

/** Three digits are what such measurements can tell. */
function number(value: number): string {
  if (!Number.isFinite(value)) return "none";
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
