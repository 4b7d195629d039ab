/** Bytes that should be UTF-8 text. */

/**
 * The offset of the first byte that is no UTF-8. Binary search, as a prefix of text that
 * ends within a character is still decodable.
 */
export function firstBrokenByte(bytes: Uint8Array<ArrayBuffer>): number | undefined {
  if (isUtf8(bytes, false)) return undefined;
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  // A character that was begun before the break belongs to it.
  while (!isUtf8(bytes.subarray(0, good), false)) good--;
  return good;
}

function isUtf8(bytes: Uint8Array<ArrayBuffer>, cut: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: cut });
    return true;
  } catch {
    return false;
  }
}

/** The line and the column of a byte, both from 1. */
export function positionOf(
  bytes: Uint8Array,
  offset: number,
): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let i = 0; i < offset; i++) {
    if (bytes[i] === 0x0a) {
      line++;
      start = i + 1;
    }
  }
  return { line, column: offset - start + 1 };
}

/** The text of bytes whose lines are UTF-8 or Latin-1, and the lines that are the latter. */
export function decodeLines(
  bytes: Uint8Array<ArrayBuffer>,
): { text: string; latin1Lines: number[] } {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  const latin1 = new TextDecoder("latin1");
  const lines: string[] = [];
  const latin1Lines: number[] = [];
  for (let start = 0; start <= bytes.length;) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    const text = utf8.decode(line);
    // The character for what is none may also stand in the text itself.
    const isText = !text.includes("\uFFFD") || isUtf8(line, false);
    if (!isText) latin1Lines.push(lines.length + 1);
    lines.push(isText ? text : latin1.decode(line));
    start = end + 1;
  }
  return { text: lines.join("\n"), latin1Lines };
}
