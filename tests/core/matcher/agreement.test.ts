import assert from "node:assert/strict";
import fc from "fast-check";
import type { Knock } from "../../../lib/core/door.ts";
import { sequence } from "../doors.ts";
import { NaiveMatcher } from "./naive_matcher.ts";
import { anyDoor, anyHit, packetsFor, sequenceOf } from "./random_knocks.ts";
import { decisions, HOST, trial } from "./trial.ts";

Deno.test("matcher agrees with the rules as they are stated", () => {
  let openings = 0;
  fc.assert(
    fc.property(
      fc.array(anyDoor, { minLength: 1, maxLength: 4 }),
      fc.array(anyHit, { maxLength: 70 }),
      fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      (doors, hits, ignoredPort) => {
        const sequences = doors.map(sequenceOf);
        const ignored = ignoredPort === undefined ? "" : `${ignoredPort}`;
        const ours = trial(sequences, ignored);
        const ignoredKnocks = ignored === "" ? [] : sequence(ignored);
        const naive = new NaiveMatcher(sequences, [HOST], ignoredKnocks);
        for (const { packet, now } of packetsFor(sequences, hits)) {
          const expected = naive.hit(packet, now).sort();
          assert.deepEqual(decisions(ours.send(packet, now)).sort(), expected);
          openings += expected.filter((each) => each.startsWith("open")).length;
        }
      },
    ),
    { numRuns: 1000 },
  );
  assert.ok(openings > 200, `only ${openings} openings were tried`);
});

Deno.test("matcher agrees with the rules when it has to forget", () => {
  const few = fc.array(anyDoor, { minLength: 1, maxLength: 2 });
  const many = fc.array(anyHit, { minLength: 250, maxLength: 400 });
  fc.assert(
    fc.property(few, many, (doors, hits) => {
      const sequences = doors.map(sequenceOf);
      const ours = trial(sequences);
      const naive = new NaiveMatcher(sequences, [HOST], []);
      const rushed = hits.map((hit) => ({
        ...hit,
        gap: hit.gap % 100,
        source: "192.0.2.7",
      }));
      for (const { packet, now } of packetsFor(sequences, rushed)) {
        const expected = naive.hit(packet, now).sort();
        assert.deepEqual(decisions(ours.send(packet, now)).sort(), expected);
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("matcher agrees with the rules when few ports are hit again and again", () => {
  const few = fc.array(anyDoor, { minLength: 1, maxLength: 3 });
  const many = fc.array(anyHit, { minLength: 40, maxLength: 150 });
  let openings = 0;
  fc.assert(
    fc.property(few, many, fc.integer({ min: 1, max: 4 }), (doors, hits, ports) => {
      const fewPorts = ({ port, protocol }: Knock) => ({ port: port % ports, protocol });
      const sequences = doors.map((door, i) => {
        const seqTimeout = door.seqTimeout === 300 ? 5 : door.seqTimeout;
        const knocks = door.knocks.map(fewPorts);
        return sequenceOf({ ...door, seqTimeout, knocks, target: false }, i);
      });
      const ours = trial(sequences);
      const naive = new NaiveMatcher(sequences, [HOST], []);
      const rushed = hits.map((hit) => ({
        ...hit,
        gap: hit.gap % 3000,
        source: "192.0.2.7",
        destination: HOST as typeof HOST,
        knock: fewPorts(hit.knock),
      }));
      for (const { packet, now } of packetsFor(sequences, rushed)) {
        const expected = naive.hit(packet, now).sort();
        assert.deepEqual(decisions(ours.send(packet, now)).sort(), expected);
        openings += expected.filter((each) => each.startsWith("open")).length;
      }
    }),
    { numRuns: 100 },
  );
  assert.ok(openings > 500, `only ${openings} openings were tried`);
});
