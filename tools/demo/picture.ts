/** The demo's lines as a picture: text that scales, in light and in dark. */
import type { Line } from "./story.ts";

const FONT = 14;
const LINE = 21;
const COLUMN = FONT * 0.6;
const MARGIN = 14;
/** Where the text begins: after the longest name of a machine. */
const NAMES = 8;

const STYLE = `
    text { font: ${FONT}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
      white-space: pre; fill: #1f2328 }
    rect { fill: #f6f8fa; stroke: #d0d7de }
    .who, .answer { fill: #59636e }
    .command { font-weight: 600 }
    .open { fill: #116329 }
    .shut { fill: #a40e26 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      rect { fill: #0d1117; stroke: #3d444d }
      .who, .answer { fill: #9198a1 }
      .open { fill: #3fb950 }
      .shut { fill: #ff7b72 }
    }
  `;

/** An SVG of its own, as wide as the longest line; its words are read to whoever can't see it. */
export function draw(lines: readonly Line[]): string {
  const columns = Math.max(...lines.map((line) => NAMES + shown(line).length));
  const width = Math.ceil(2 * MARGIN + columns * COLUMN);
  const height = 2 * MARGIN + lines.length * LINE;
  const told = lines.map((line) => escape(`${line.who} ${shown(line)}`.trim()));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" role="img" aria-labelledby="title told">`,
    `  <title id="title">A port opens for who knocks, and for nobody else</title>`,
    `  <desc id="told">${told.join("; ")}</desc>`,
    `  <style>${STYLE}</style>`,
    `  <rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...lines.map(row),
    "</svg>",
    "",
  ].join("\n");
}

function row(line: Line, index: number): string {
  const y = MARGIN + index * LINE + FONT;
  const x = MARGIN + NAMES * COLUMN;
  const who = `<text class="who" x="${MARGIN}" y="${y}">${line.who}</text>`;
  return `  ${who}<text class="${line.kind}" x="${x}" y="${y}">${
    escape(shown(line))
  }</text>`;
}

function shown({ who, kind, text }: Line): string {
  if (kind !== "command") return text;
  return `${who === "server" ? "#" : "$"} ${text}`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
