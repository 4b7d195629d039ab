/** What is fuzzed: a parser, its corpus, and what must hold whatever it is given. */

/** A parser under attack. */
export interface Target {
  /** Its name, and its directory in the corpus. */
  readonly name: string;
  /** Pieces that mean something to it. */
  readonly dictionary: readonly (string | readonly number[])[];
  /** Inputs to begin with besides those in the corpus. */
  readonly seeds?: readonly Uint8Array[];
  /** Bytes that an input has at most. */
  readonly maxBytes: number;
  /** Milliseconds that an input may take. */
  readonly limit: number;
  /** Inputs in the bounded run of the unit tests. */
  readonly inputs: number;
  /**
   * Parses an input, and throws if anything is not as it must be. Gives what happened in a
   * few words: an input that makes something new happen is kept, and mutated further.
   */
  readonly run: (input: Uint8Array) => string | Promise<string>;
}

const CORPUS = new URL("corpus/", import.meta.url);

/** An input of the corpus. */
export interface CorpusFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The corpus of a target: the bytes of each file, or what the digits of a .hex file say. */
export async function readCorpus(target: Target): Promise<CorpusFile[]> {
  const directory = new URL(`${target.name}/`, CORPUS);
  const files: CorpusFile[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    const bytes = await Deno.readFile(new URL(name, directory));
    files.push({ name, bytes: name.endsWith(".hex") ? fromHex(bytes) : bytes });
  }
  return files.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Digits in pairs; white space and what follows a `#` on a line don't count. */
function fromHex(file: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(file).replaceAll(/#.*|\s/g, "");
  return Uint8Array.fromHex(text);
}

/** The text of an input; what is no UTF-8 becomes U+FFFD. */
export function textOf(input: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(input);
}

/** A message without what differs from input to input. */
export function gist(message: string): string {
  return message.replaceAll(/"(?:[^"\\]|\\.)*"|\d+/g, "#").slice(0, 60);
}
