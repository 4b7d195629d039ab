import assert from "node:assert/strict";
import fc from "fast-check";
import { Records } from "../../../../lib/core/matcher/history/records.ts";

/** Few enough for long chains, and none of them alike in their lower bits. */
const hashOf = (source: Uint32Array) => Math.imul(source[3]!, 0x9e3779b1) >> 3 & 0xff;

function sourceOf(number: number): Uint32Array {
  return new Uint32Array([0, 0, 0xffff, number]);
}

Deno.test("a source is found as long as it has a record, however many others come and go", () => {
  const act = fc.record({ source: fc.nat(400), comes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 1200, size: "max" }), (acts) => {
      const records = new Records(512, hashOf);
      const known = new Map<number, number>();
      for (const { source, comes } of acts) {
        const address = sourceOf(source);
        const record = records.find(address, hashOf(address));
        assert.equal(record, known.get(source) ?? -1);
        if (comes && record < 0) {
          const block = records.blocks.take(0);
          records.create(block, address, hashOf(address));
          known.set(source, block);
        } else if (!comes && record >= 0) {
          records.release(record);
          known.delete(source);
        }
      }
      for (const [source, record] of known) {
        assert.equal(records.find(sourceOf(source), hashOf(sourceOf(source))), record);
      }
    }),
  );
});

Deno.test("all are forgotten at once, and others come", () => {
  const records = new Records(512, hashOf);
  for (let round = 0; round < 2; round++) {
    for (let source = 0; source < 300; source++) {
      const address = sourceOf(source);
      assert.equal(records.find(address, hashOf(address)), -1);
      records.create(records.blocks.take(0), address, hashOf(address));
    }
    records.clear();
  }
});
