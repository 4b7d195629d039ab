import assert from "node:assert/strict";
import fc from "fast-check";
import vectors from "../../../docs/sequence-v1.vectors.json" with { type: "json" };
import { addressFromBytes, parseAddress } from "../../../lib/core/address.ts";
import {
  counterAt,
  derivationKey,
  deriveFirst,
  deriveSequence,
  MAX_COUNTER,
  type SequenceShape,
  shapeProblem,
} from "../../../lib/core/one_time/derive.ts";
import { Secret } from "../../../lib/core/secret.ts";
import { parseSecret } from "../../../lib/core/one_time/secret_text.ts";

const DEFAULT: SequenceShape = { length: 5, lo: 10000, hi: 59999, protocol: "tcp" };
const SECRET = new Secret(new TextEncoder().encode("12345678901234567890"));

const hex = (key: Secret) => key.reveal().toHex();

const shapes: fc.Arbitrary<SequenceShape> = fc.record({
  length: fc.integer({ min: 3, max: 32 }),
  lo: fc.integer({ min: 1, max: 65535 - 4 * 32 }),
  more: fc.integer({ min: 0, max: 65535 }),
  protocol: fc.constantFrom("tcp", "udp", "mixed"),
}).map(({ length, lo, more, protocol }) => {
  const least = lo + 4 * length - 1;
  return { length, lo, hi: least + more % (65536 - least), protocol };
});
const counters = fc.oneof(
  fc.integer({ min: 0, max: MAX_COUNTER - 1 }),
  fc.integer({ min: 2 ** 45 - 2, max: 2 ** 45 + 2 }),
);

Deno.test("derivation reproduces every published vector", () => {
  assert.equal(vectors.vectors.length, 16);
  for (const vector of vectors.vectors) {
    const { note, label, counter, period, unix_time } = vector;
    if (unix_time !== undefined) {
      assert.equal(counterAt(unix_time, period), counter, note);
    }
    const secret = parseSecret(vector.secret_base32);
    assert(secret instanceof Secret, note);
    const [lo, hi] = vector.ports.split("-").map(Number);
    const shape = { length: vector.length, lo, hi, protocol: vector.protocol };
    const plain = derivationKey(secret, label);
    assert.equal(hex(plain), vector.key_plain_hex, note);
    let bound: Secret | undefined;
    if (vector.source !== null) {
      const source = parseAddress(vector.source);
      assert(source !== undefined, note);
      bound = derivationKey(secret, label, source);
      assert.equal(hex(bound), vector.key_bound_hex, note);
    }
    const sequence = deriveSequence(shape as SequenceShape, counter, plain, bound);
    const texts = sequence.map(({ port, protocol }) => `${port}:${protocol}`);
    assert.deepEqual(texts, vector.sequence, note);
  }
});

Deno.test("the time step changes on the second", () => {
  assert.equal(counterAt(0, 30), 0);
  assert.equal(counterAt(29.999, 30), 0);
  assert.equal(counterAt(30, 30), 1);
  assert.equal(counterAt(MAX_COUNTER, 1), MAX_COUNTER);
});

Deno.test("a sequence has its length, in distinct ports of its range and protocol", () => {
  const keys = fc.uint8Array({ minLength: 16, maxLength: 64 }).map((raw) =>
    new Secret(raw)
  );
  fc.assert(fc.property(keys, shapes, counters, (secret, shape, counter) => {
    const sequence = deriveSequence(shape, counter, derivationKey(secret, "door"));
    assert.equal(sequence.length, shape.length);
    assert.equal(new Set(sequence.map(({ port }) => port)).size, shape.length);
    for (const { port, protocol } of sequence) {
      assert(port >= shape.lo && port <= shape.hi, `${port}`);
      if (shape.protocol !== "mixed") assert.equal(protocol, shape.protocol);
    }
  }));
});

Deno.test("neighbouring steps of a client never share a sequence", () => {
  const texts = (counter: number, key: Secret) =>
    deriveSequence(DEFAULT, counter, key).map(({ port }) => port).toSorted().join();
  const key = derivationKey(SECRET, "ssh");
  fc.assert(fc.property(counters, (counter) => {
    assert.notEqual(texts(counter, key), texts(counter + 1, key));
  }));
});

Deno.test("a bound sequence shares its first port with the unbound one, and no more", () => {
  const sources = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(addressFromBytes);
  const plain = derivationKey(SECRET, "ssh");
  fc.assert(fc.property(sources, counters, (source, counter) => {
    const bound = derivationKey(SECRET, "ssh", source);
    const sequence = deriveSequence(DEFAULT, counter, plain, bound);
    const unbound = deriveSequence(DEFAULT, counter, plain);
    assert.deepEqual(sequence[0], unbound[0]);
    assert.deepEqual(sequence[0], deriveFirst(DEFAULT, counter, plain));
    assert.notDeepEqual(sequence.slice(1), unbound.slice(1));
  }));
});

Deno.test("ports are uniform over many counters", () => {
  const bins = new Float64Array(100);
  const key = derivationKey(SECRET, "ssh");
  const steps = 2000;
  for (let step = 0; step < steps; step++) {
    for (const { port } of deriveSequence(DEFAULT, 37037036 + step, key)) {
      bins[Math.floor((port - 10000) / 500)]! += 1;
    }
  }
  const expected = steps * 5 / bins.length;
  const chiSquare = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  // 99 degrees of freedom: the 0.1 % points are 60 and 149.
  assert(chiSquare > 60 && chiSquare < 149, `chi-square ${chiSquare}`);
});

Deno.test("a counter above 2^45 differs from its neighbours in every code", () => {
  // counter * 256 + i has no exact number there, so rounding would merge codes.
  const wide: SequenceShape = { length: 32, lo: 1, hi: 65535, protocol: "tcp" };
  const key = derivationKey(SECRET, "ssh");
  const ports = [0, 1, 2].flatMap((less) =>
    deriveSequence(wide, MAX_COUNTER - less, key).map(({ port }) => port)
  );
  assert(new Set(ports).size > 90, `${new Set(ports).size} of 96 ports differ`);
});

Deno.test("what sequence-v1 rules out is refused", () => {
  const rows: [change: Partial<SequenceShape>, problem: RegExp, why: string][] = [
    [{ length: 2 }, /length 2 is not 3 to 32/, "too short"],
    [{ length: 33 }, /length 33/, "too long"],
    [{ length: 3.5 }, /length 3.5/, "not whole"],
    [{ lo: 0 }, /not within/, "port 0 can't be knocked on"],
    [{ hi: 65536 }, /not within/, "beyond the ports"],
    [{ lo: NaN }, /not within/, "not a number"],
    [{ lo: 40000, hi: 40018 }, /19 ports are too few for 5/, "one port short"],
    [{ lo: 40000, hi: 30000 }, /0 ports/, "upside down"],
  ];
  for (const [change, problem, why] of rows) {
    assert.match(shapeProblem({ ...DEFAULT, ...change }) ?? "", problem, why);
  }
  assert.equal(shapeProblem({ ...DEFAULT, lo: 40000, hi: 40019 }), undefined);
  const key = derivationKey(SECRET, "ssh");
  for (const counter of [-1, 0.5, MAX_COUNTER + 1, NaN]) {
    assert.throws(() => deriveSequence(DEFAULT, counter, key), /counter/);
  }
  for (const label of ["", "a b", "naïve", "a\0b", "x".repeat(65)]) {
    assert.throws(() => derivationKey(SECRET, label), /label/);
  }
});

Deno.test("a derivation that needs more than 256 codes is an error", () => {
  const narrow: SequenceShape = { length: 32, lo: 40000, hi: 40030, protocol: "mixed" };
  const key = derivationKey(SECRET, "ssh");
  assert.throws(() => deriveSequence(narrow, 0, key), /256 codes gave fewer than 32/);
});
