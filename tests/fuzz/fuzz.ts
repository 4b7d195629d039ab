/** The fuzzer: mutates what a target was given until something breaks or time is up. */
import assert from "node:assert/strict";
import { type Material, mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { type CorpusFile, readCorpus, type Target } from "./target.ts";

/** Inputs that are kept at most. */
const MAX_POOL = 4000;
/** Descriptions of what happened that are remembered at most. */
const MAX_SEEN = 50_000;

/** When to end. */
export interface Bounds {
  readonly inputs?: number;
  readonly milliseconds?: number;
}

/** What came of it. */
export interface Outcome {
  readonly inputs: number;
  /** Inputs that made something new happen. */
  readonly kept: number;
  /** The slowest input, milliseconds. */
  readonly slowest: number;
  readonly failure?: Found;
}

/** An input that broke something. */
export interface Found {
  readonly input: Uint8Array;
  readonly error: Error;
}

/** Fuzzes one target. The same seed gives the same inputs. */
export async function fuzz(
  target: Target,
  seed: number,
  bounds: Bounds,
): Promise<Outcome> {
  const random = new Random(seed);
  const corpus = (await readCorpus(target)).map(({ bytes }) => bytes);
  const starters = [...corpus, ...target.seeds ?? [], Uint8Array.of(0)];
  const pool = [...starters];
  const dictionary = target.dictionary.map((token) =>
    typeof token === "string" ? new TextEncoder().encode(token) : Uint8Array.from(token)
  );
  const material: Material = { pool, dictionary, maxBytes: target.maxBytes };
  const seen = new Set<string>();
  const end = performance.now() + (bounds.milliseconds ?? Infinity);
  let inputs = 0, kept = 0, slowest = 0;
  while (inputs < (bounds.inputs ?? Infinity) && performance.now() < end) {
    const first = starters[inputs];
    const input = first ?? mutate(random.pick(pool), random, material);
    inputs++;
    try {
      const { took, what } = await runOnce(target, input);
      slowest = Math.max(slowest, took);
      if (seen.has(what) || seen.size >= MAX_SEEN) continue;
      seen.add(what);
      kept++;
      if (first === undefined && pool.length < MAX_POOL) pool.push(input);
    } catch (error) {
      const failure = await smallest(target, input, error as Error);
      return { inputs, kept, slowest, failure };
    }
  }
  return { inputs, kept, slowest };
}

/** Runs every input of the corpus; gives those that break something. */
export async function replayCorpus(target: Target) {
  const broken: (CorpusFile & { error: Error })[] = [];
  const corpus = await readCorpus(target);
  for (const file of corpus) {
    try {
      await runOnce(target, file.bytes);
    } catch (error) {
      broken.push({ ...file, error: error as Error });
    }
  }
  return { count: corpus.length, broken };
}

/** Runs an input; one that takes too long has to do so five times. */
async function runOnce(target: Target, input: Uint8Array) {
  let took = Infinity;
  for (let attempt = 0; attempt < 5; attempt++) {
    const start = performance.now();
    const what = await target.run(input.slice());
    took = Math.min(took, performance.now() - start);
    if (took <= target.limit) return { took, what };
  }
  throw new Error(`took ${took.toFixed(0)} ms; the limit is ${target.limit}`);
}

/** Takes pieces away for as long as it breaks in the same way. */
async function smallest(target: Target, input: Uint8Array, error: Error): Promise<Found> {
  const kind = (of: Error) => `${of.name} ${of.message.split("\n")[0]?.slice(0, 30)}`;
  let found: Found = { input, error };
  for (let size = input.length >> 1, tries = 0; size > 0; size >>= 1) {
    for (let at = 0; at < found.input.length && tries < 2000; tries++) {
      const shorter = found.input.slice(0, at);
      const rest = found.input.subarray(at + size);
      const input = new Uint8Array(shorter.length + rest.length);
      input.set(shorter);
      input.set(rest, at);
      try {
        await runOnce(target, input);
        at += size;
      } catch (thrown) {
        if (kind(thrown as Error) === kind(error)) {
          found = { input, error: thrown as Error };
        } else at += size;
      }
    }
  }
  return found;
}

/** Fails unless nothing broke. */
export function assertUnbroken(target: Target, seed: number, { failure }: Outcome): void {
  if (failure === undefined) return;
  const { input, error } = failure;
  const hint = `deno task fuzz --seed ${seed} ${target.name}`;
  assert.fail(`${hint}\n${error.stack}\ninput: ${input.toHex()}`);
}
