/** Inputs made from others: what a damaged line, a liar or an enemy would make of them. */
import { join } from "../core/packets.ts";
import type { Random } from "./random.ts";

/** What a mutation may draw on. */
export interface Material {
  /** Inputs to splice with. */
  readonly pool: readonly Uint8Array[];
  /** Pieces that mean something to the parser. */
  readonly dictionary: readonly Uint8Array[];
  /** No input gets longer. */
  readonly maxBytes: number;
}

type Mutation = (input: Uint8Array, random: Random, material: Material) => Uint8Array;

/** The numbers at which parsers go wrong. */
const EDGES = [0, 1, 2, 4, 5, 8, 15, 16, 20, 31, 32, 40, 63, 64, 127, 128, 200, 254, 255];

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  setByte,
  lieAboutLength,
  remove,
  repeat,
  insertToken,
  overwriteWithToken,
  insertNoise,
  splice,
  cut,
  swapLines,
];

/** One to five mutations of an input. */
export function mutate(
  input: Uint8Array,
  random: Random,
  material: Material,
): Uint8Array {
  let mutant = input;
  for (let left = 1 + random.below(5); left > 0; left--) {
    mutant = random.pick(MUTATIONS)(mutant, random, material);
  }
  return mutant.slice(0, material.maxBytes);
}

function flipBit(input: Uint8Array, random: Random): Uint8Array {
  const mutant = input.slice();
  mutant[random.below(mutant.length)]! ^= 1 << random.below(8);
  return mutant;
}

function setByte(input: Uint8Array, random: Random): Uint8Array {
  const mutant = input.slice();
  mutant[random.below(mutant.length)] = random.below(2) === 0
    ? random.pick(EDGES)
    : random.below(256);
  return mutant;
}

/** Puts a 16 or 32-bit number of either order where one may be. */
function lieAboutLength(input: Uint8Array, random: Random): Uint8Array {
  const size = random.pick([2, 4]);
  const at = random.below(input.length - size);
  if (at < 0) return input;
  const mutant = input.slice();
  const view = new DataView(mutant.buffer);
  const edge = random.pick(EDGES);
  const value = random.pick([edge, -edge, input.length - edge, input.length + edge]);
  if (size === 2) view.setUint16(at, value, random.below(2) === 0);
  else view.setUint32(at, value, random.below(2) === 0);
  return mutant;
}

function remove(input: Uint8Array, random: Random): Uint8Array {
  const [from, to] = range(input, random);
  return join(input.subarray(0, from), input.subarray(to));
}

function repeat(input: Uint8Array, random: Random, material: Material): Uint8Array {
  const [from, to] = range(input, random);
  const room = Math.floor((material.maxBytes - input.length) / Math.max(1, to - from));
  const times = Math.max(0, Math.min(room, random.pick([1, 1, 1, 2, 3, 40])));
  const copies = Array.from({ length: times }, () => input.subarray(from, to));
  return join(input.subarray(0, to), ...copies, input.subarray(to));
}

function insertToken(input: Uint8Array, random: Random, { dictionary }: Material) {
  if (dictionary.length === 0) return input;
  const at = random.below(input.length + 1);
  return join(input.subarray(0, at), random.pick(dictionary), input.subarray(at));
}

function overwriteWithToken(input: Uint8Array, random: Random, { dictionary }: Material) {
  if (dictionary.length === 0) return input;
  const token = random.pick(dictionary);
  const at = random.below(input.length + 1);
  return join(input.subarray(0, at), token, input.subarray(at + token.length));
}

function insertNoise(input: Uint8Array, random: Random): Uint8Array {
  const noise = Uint8Array.from(
    { length: 1 + random.below(12) },
    () => random.below(256),
  );
  const at = random.below(input.length + 1);
  return join(input.subarray(0, at), noise, input.subarray(at));
}

function splice(input: Uint8Array, random: Random, { pool }: Material): Uint8Array {
  const other = random.pick(pool);
  const [from, to] = range(other, random);
  const [start, end] = range(input, random);
  return join(input.subarray(0, start), other.subarray(from, to), input.subarray(end));
}

function cut(input: Uint8Array, random: Random): Uint8Array {
  return input.slice(0, random.below(input.length + 1));
}

function swapLines(input: Uint8Array, random: Random): Uint8Array {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < input.length;) {
    const end = input.indexOf(0x0a, from);
    const to = end < 0 ? input.length : end + 1;
    lines.push(input.subarray(from, to));
    from = to;
  }
  if (lines.length < 2) return input;
  const [a, b] = [random.below(lines.length), random.below(lines.length)];
  [lines[a], lines[b]] = [lines[b]!, lines[a]!];
  return join(...lines);
}

/** Mostly a short part: a change of half of the input is rarely one a parser gets far in. */
function range(input: Uint8Array, random: Random): [from: number, to: number] {
  const from = random.below(input.length + 1);
  const longest = random.below(4) === 0 ? input.length : 16;
  return [from, Math.min(input.length, from + random.below(longest + 1))];
}
