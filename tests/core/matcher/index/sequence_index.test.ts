import assert from "node:assert/strict";
import fc from "fast-check";
import { Candidate } from "../../../../lib/core/matcher/index/candidate.ts";
import { KnockSet } from "../../../../lib/core/matcher/index/knock_set.ts";
import type { LiveSequence } from "../../../../lib/core/matcher/live_sequence.ts";
import { OTHER_PROTOCOL, packKnock } from "../../../../lib/core/matcher/index/mark.ts";
import { SequenceIndex } from "../../../../lib/core/matcher/index/sequence_index.ts";
import { View } from "../../../../lib/core/matcher/index/view.ts";
import { door } from "../../doors.ts";

const DOORS = [door("a", "1"), door("b", "1", { seqTimeout: 300 }), door("c", "1")];
const VIEW = new View(DOORS[0]!, 0);

const anySequence = fc.record({
  door: fc.constantFrom(...DOORS),
  knocks: fc.array(
    fc.record({
      port: fc.integer({ min: 1, max: 12 }),
      protocol: fc.constantFrom("tcp" as const, "udp" as const),
    }),
    { minLength: 1, maxLength: 32 },
  ),
  ordered: fc.boolean(),
});

function add(index: SequenceIndex, live: LiveSequence): void {
  index.add(new Candidate(live, VIEW), 5);
}

function occurrences({ knocks }: LiveSequence, knock: number): number {
  return knocks.filter((own) => packKnock(own) === knock).length;
}

/** What the index should say of a knock, straight from the sequences. */
function expectedOf(knock: number, live: readonly LiveSequence[]) {
  const has = (one: LiveSequence, knock: number) => occurrences(one, knock) > 0;
  const other = knock ^ OTHER_PROTOCOL;
  return {
    isInOrdered: live.some((one) => one.ordered && has(one, knock)),
    hasPort: live.some((one) => has(one, knock) || has(one, other)),
    multiplicity: Math.max(0, ...live.map((one) => occurrences(one, knock))),
    isOfOne: live.filter((one) => has(one, knock)).length === 1,
    longest: Math.max(
      0,
      ...live.filter((one) => has(one, knock)).map(({ door }) => door.seqTimeout * 1000),
    ),
    sequences: live.filter((one) => has(one, knock)),
    knocks: live.filter((one) => has(one, knock)).map(({ knocks }) =>
      knocks.map(packKnock)
    ),
  };
}

function knocksOf(row: number, { rows }: SequenceIndex): number[] {
  return Array.from({ length: rows.length(row) }, (_, i) => rows.knock(row, i));
}

function actualOf(knock: number, index: SequenceIndex) {
  const { rows } = index;
  const found: number[] = [];
  const end = rows.end(knock);
  for (let row = rows.start(knock); row < end; row = rows.next(row)) found.push(row);
  return {
    isInOrdered: rows.isInOrdered(knock),
    hasPort: index.hasPort(knock),
    multiplicity: rows.multiplicity(knock),
    isOfOne: index.isOfOne(knock),
    longest: index.longestTimeout(knock),
    sequences: found.map((row) => index.candidate(row).live),
    knocks: found.map((row) => knocksOf(row, index)),
  };
}

Deno.test("the index knows where each knock is, whatever comes and goes", () => {
  const step = fc.record({ sequence: anySequence, gone: fc.option(fc.nat(20)) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const index = new SequenceIndex();
      const live: LiveSequence[] = [];
      for (const { sequence, gone } of steps) {
        if (gone !== null && live.length > 0) {
          const [one] = live.splice(gone % live.length, 1);
          index.remove(index.find(one!));
          assert.equal(index.find(one!), -1);
        }
        live.push(sequence);
        add(index, sequence);
        for (const own of sequence.knocks.map(packKnock)) {
          assert.deepEqual(actualOf(own, index), expectedOf(own, live));
          assert.ok(index.has(own));
        }
      }
      for (const one of live) {
        const row = index.find(one);
        assert.equal(index.candidate(row).live, one);
        assert.equal(index.rows.length(row), one.knocks.length);
        assert.equal(index.rows.isOrdered(row), one.ordered);
        assert.equal(index.rows.view(row), 5);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a row counts its knocks that are in a set", () => {
  const index = new SequenceIndex();
  const knocks = [1, 2, 3].map((port) => ({ port, protocol: "tcp" as const }));
  const live = { door: DOORS[0]!, knocks, ordered: false };
  add(index, live);
  const set = new KnockSet();
  const counts = [[], [1], [3, 9, 1], [1, 2, 3, 3]].map((marks) => {
    set.fill(
      new Int32Array(marks.map((port) => port | 0x2 << 17 | 1 << 25)),
      marks.length,
      VIEW,
    );
    return index.rows.presence(index.find(live), set);
  });
  assert.deepEqual(counts, [0, 1, 2, 3]);
});

Deno.test("how long a knock's sequences take is looked up once, and not for each hit", () => {
  const index = new SequenceIndex();
  const knocks = [{ port: 1, protocol: "tcp" as const }];
  const knock = packKnock(knocks[0]!);
  add(index, { door: DOORS[1]!, knocks, ordered: false });
  assert.equal(index.longestTimeout(knock), 300_000);
  index.sequencesWith = () => assert.fail("looked through again");
  assert.equal(index.longestTimeout(knock), 300_000);
});
