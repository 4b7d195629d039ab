/**
 * Bodies of answers: read up to a limit, whole or line by line.
 *
 * @module
 */
import { EngineError } from "./engine_error.ts";

/** Bytes in an answer, or in a line of one, at most. */
const MOST_BYTES = 8 * 1024 * 1024;

/** More was asked for than an answer may have. */
export class LongAnswer extends EngineError {}

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
    const [end, ...lines] = part.split("\n");
    rest += end;
    if (rest.length > MOST_BYTES) throw tooLong();
    for (const line of lines) {
      yield rest;
      rest = line;
    }
  }
}

async function* decoded(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) yield decoder.decode(chunk, { stream: true });
}

function tooLong(): EngineError {
  return new LongAnswer(`etcd's answer has more than ${MOST_BYTES} bytes`, false);
}
