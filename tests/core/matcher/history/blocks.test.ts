/** Memory in blocks: none is given twice, and what is given back is whole again. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Blocks } from "../../../../lib/core/matcher/history/blocks.ts";

/** The units of a block. */
function unitsOf(blocks: Blocks, block: number): number[] {
  return Array.from({ length: 1 << blocks.size(block) }, (_, i) => block + i);
}

Deno.test("no unit is in two blocks, whatever is taken, halved and given back", () => {
  const act = fc.record({
    what: fc.constantFrom("take", "take", "give back", "halve"),
    size: fc.nat(6),
    which: fc.nat(99),
  });
  fc.assert(fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
    const blocks = new Blocks(256);
    const taken: number[] = [];
    for (const { what, size, which } of acts) {
      const block = taken[which % taken.length];
      if (what === "take") {
        const made = blocks.take(size);
        if (made >= 0) taken.push(made);
      } else if (block !== undefined && what === "give back") {
        blocks.giveBack(block);
        taken.splice(taken.indexOf(block), 1);
      } else if (block !== undefined && blocks.size(block) > 0) blocks.halve(block);
      const units = taken.flatMap((each) => unitsOf(blocks, each));
      assert.equal(new Set(units).size, units.length);
      for (const each of taken) {
        for (const unit of unitsOf(blocks, each)) assert.equal(blocks.at(unit), each);
      }
    }
    for (const block of taken) blocks.giveBack(block);
    for (let i = 0; i < 4; i++) assert.ok(blocks.take(6) >= 0, "it is whole again");
    assert.equal(blocks.take(0), -1);
  }));
});

Deno.test("the blocks that were taken are found one after the other", () => {
  const blocks = new Blocks(64);
  const taken = [blocks.take(0), blocks.take(3), blocks.take(1)].sort((a, b) => a - b);
  blocks.giveBack(blocks.take(2));
  const found: number[] = [];
  for (let next = 0; (next = blocks.next(next, blocks.used)) >= 0; next++) {
    found.push(next);
  }
  assert.deepEqual(found, taken);
});
