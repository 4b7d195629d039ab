import assert from "node:assert/strict";
import { assertUnbroken, fuzz, replayCorpus } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";

/** Any will do; the same one makes a failure come back. */
const SEED = 1;

for (const target of TARGETS) {
  Deno.test(`fuzzing: ${target.name} stands what its corpus and mutants of it say`, async () => {
    const { count, broken } = await replayCorpus(target);
    assert.ok(count > 0, "a corpus");
    assert.deepEqual(broken.map(({ name, error }) => `${name}: ${error.message}`), []);
    const outcome = await fuzz(target, SEED, { inputs: target.inputs });
    assertUnbroken(target, SEED, outcome);
    assert.ok(outcome.kept > 3, `only ${outcome.kept} different things happened`);
  });
}

Deno.test("fuzzing: a seed brings the same inputs back, and a failure is found and cut short", async () => {
  const inputs: string[] = [];
  const target = {
    ...TARGETS[0]!,
    run: (input: Uint8Array) => {
      inputs.push(input.toHex());
      return `${input.length}`;
    },
  };
  await fuzz(target, 7, { inputs: 200 });
  const first = inputs.splice(0);
  await fuzz(target, 7, { inputs: 200 });
  assert.deepEqual(inputs, first);
  const fragile = {
    ...target,
    run: (input: Uint8Array) => {
      if (input.includes(0xa5)) throw new Error("it holds a5");
      return "";
    },
  };
  const { failure } = await fuzz(fragile, 7, { inputs: 100_000 });
  assert.equal(failure?.input.toHex(), "a5");
});
