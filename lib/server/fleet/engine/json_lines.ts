/** Bodies of answers: read up to a limit, whole or line by line. */

import { EngineError, unreachable } from "./engine_error.ts";

/** Bytes in an answer, or in a line of one, at most. */
const MOST_BYTES = 8 * 1024 * 1024;

/** More was asked for than an answer may have. */
export class LongAnswer extends EngineError {}

/** A body, read until a signal says that nobody wants the rest. */
export interface Body {
  /** Whose it is. */
  readonly endpoint: string;
  readonly stream: ReadableStream<Uint8Array> | null;
  readonly signal: AbortSignal;
}

export async function boundedText(body: Body): Promise<string> {
  let text = "";
  for await (const part of decoded(body)) {
    text += part;
    if (text.length > MOST_BYTES) throw tooLong();
  }
  return text;
}

/** The lines of a body as they come, without what follows the last line's end. */
export async function* engineLines(body: Body): AsyncGenerator<string> {
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

async function* decoded(body: Body): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunksOf(body)) yield decoder.decode(chunk, { stream: true });
}

/** Once it has answered, fetch's own way to end may be lost to the garbage collector. */
async function* chunksOf({ endpoint, stream, signal }: Body): AsyncGenerator<Uint8Array> {
  if (stream === null) return;
  const reader = stream.getReader();
  // A read that waits is over then, too.
  const end = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", end);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw unreachable(endpoint, error);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

function tooLong(): EngineError {
  return new LongAnswer(`etcd's answer has more than ${MOST_BYTES} bytes`, false);
}
