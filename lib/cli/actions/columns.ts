/** Text in columns, for terminals and for what reads them aloud. */

/** Rows indented by two, their columns as wide as their widest cell. */
export function table(rows: readonly string[][]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)),
    [],
  );
  return rows.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd()
  );
}

/** Words in lines of so many columns, each indented; a longer word has its own. */
export function folded(text: string, indent: string, columns = 80): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    const isFull = line !== indent && line.length + 1 + word.length > columns;
    if (isFull) lines.push(line);
    line = isFull || line === indent ? indent + word : `${line} ${word}`;
  }
  return [...lines, line];
}
