/** The figures that knockd 0.8 has too, as a picture. */

import { type Row, summary } from "./row.ts";

const LINE = 34;
const LEFT = 500;
const WIDTH = 420;
const RIGHT = 170;
const TOP = 64;
const OURS = "#1a7f64";
const RIVAL = "#b8b8b8";

interface Bar {
  readonly figure: string;
  readonly unit: string;
  readonly ours: number;
  readonly rival: number;
}

/** An SVG: two bars a figure, the longer one filling the line. */
export function plot(rows: readonly Row[]): string {
  const bars = rows.map(summary)
    .map(({ figure, unit, medians }) => ({ figure, unit, ...medians }))
    .filter(({ ours, rival }) => Number.isFinite(ours) && Number.isFinite(rival));
  const height = TOP + bars.length * LINE + 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="13"
     viewBox="0 0 ${LEFT + WIDTH + RIGHT} ${height}">
  <rect width="100%" height="100%" fill="white"/>
  <rect x="${LEFT}" y="18" width="12" height="12" fill="${OURS}"/>
  <text x="${LEFT + 18}" y="29">knockd</text>
  <rect x="${LEFT + 90}" y="18" width="12" height="12" fill="${RIVAL}"/>
  <text x="${LEFT + 108}" y="29">knockd 0.8</text>
${bars.map(pair).join("\n")}
</svg>
`;
}

function pair({ figure, unit, ours, rival }: Bar, index: number): string {
  const y = TOP + index * LINE;
  const longest = Math.max(ours, rival) || 1;
  return `  <text x="${LEFT - 12}" y="${y + 14}" text-anchor="end">${
    escaped(figure)
  }</text>
${bar(y, ours, longest, unit, OURS)}
${bar(y + 12, rival, longest, unit, RIVAL)}`;
}

function bar(y: number, value: number, longest: number, unit: string, colour: string) {
  const length = Math.max(1, value / longest * WIDTH).toFixed(1);
  const label = `${Number(value.toPrecision(3))} ${unit}`;
  return `  <rect x="${LEFT}" y="${y}" width="${length}" height="10" fill="${colour}"/>
  <text x="${LEFT + Number(length) + 6}" y="${y + 9}" font-size="10">${
    escaped(label)
  }</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
