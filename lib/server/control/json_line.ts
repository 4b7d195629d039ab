/** Lines over a connection, bounded in length and time. */

/** The first line from a connection; `undefined` if it is too long or never ends. */
export async function readLine(
  connection: Deno.Conn,
  maxBytes: number,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(16 * 1024);
  let line = "";
  for (let bytes = 0; bytes <= maxBytes;) {
    const count = await connection.read(chunk);
    if (count === null) return undefined;
    const end = chunk.subarray(0, count).indexOf(0x0a);
    if (end >= 0) return line + decoder.decode(chunk.subarray(0, end));
    line += decoder.decode(chunk.subarray(0, count), { stream: true });
    bytes += count;
  }
  return undefined;
}

/** The lines from a connection, until it ends; for what we asked ourselves. */
export async function* linesOf(connection: Deno.Conn): AsyncGenerator<string> {
  let rest = "";
  for await (const text of connection.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

export function writeLine(connection: Deno.Conn, value: unknown): Promise<void> {
  return writeText(connection, `${JSON.stringify(value)}\n`);
}

/** Writes all of a text. */
export async function writeText(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) {
    sent += await connection.write(bytes.subarray(sent));
  }
}

/** Closes the connection, which ends `work`, when that takes too long. */
export async function within<T>(
  milliseconds: number,
  connection: Deno.Conn,
  work: Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => hangUp(connection), milliseconds);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/** Closes a connection that may be closed already. */
export function hangUp(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
