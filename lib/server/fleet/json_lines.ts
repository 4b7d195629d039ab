/**
 * Bodies of answers: read up to a limit, whole or line by line.
 *
 * @module
 */
import { EngineError } from "./engine_error.ts";

/** Bytes in an answer, or in a line of one, at most. */
const MOST_BYTES = 8 * 1024 * 1024;

/** A body as text. */
export async function boundedText(
  body: ReadableStream<Uint8Array> | null,
): Promise<string> {
  let text = "";
  for await (const part of decoded(body)) {
    text += part;
    if (text.length > MOST_BYTES) throw tooLong();
  }
  return text;
}

/** The lines of a body as they come, without what follows the last line's end. */
export async function* engineLines(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const part of decoded(body)) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    if (rest.length > MOST_BYTES) throw tooLong();
    yield* lines;
  }
}

async function* decoded(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) yield decoder.decode(chunk, { stream: true });
}

function tooLong(): EngineError {
  return new EngineError(`etcd's answer has more than ${MOST_BYTES} bytes`, false);
}
