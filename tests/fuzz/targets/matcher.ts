/** The matcher, beside the rules as they are written down. */
import assert from "node:assert/strict";
import { door, sequence } from "../../core/doors.ts";
import { NaiveMatcher, type PlainHit } from "../../core/matcher/naive_matcher.ts";
import { decisions, HOST, once, trial } from "../../core/matcher/trial.ts";
import type { Target } from "../target.ts";

const SOURCES = ["10.77.0.2", "10.77.0.3", "fd77::2", "10.77.1.2"];
const PORTS = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 9, 10, 11, 12, 13];
const DELAYS = [0, 1, 90, 100, 110, 900, 1100, 20_000];
const SEQUENCES = [
  {
    door: door("a", "1,2,3", { seqTimeout: 1 }),
    knocks: sequence("1,2,3"),
    ordered: true,
  },
  { door: door("b", "3,2,1"), knocks: sequence("3,2,1"), ordered: false },
  {
    door: door("c", "1,1:udp,1", { tolerance: 0 }),
    knocks: sequence("1,1:udp,1"),
    ordered: true,
  },
  once({ door: door("e", "2,4,6"), knocks: sequence("2,4,6"), ordered: false }),
  once({ door: door("f", "3,3,4"), knocks: sequence("3,3,4"), ordered: true }),
  {
    door: door("d", "5,6,7,8", { tolerance: -1 }),
    knocks: sequence("5,6,7,8"),
    ordered: true,
  },
];

/**
 * Two bytes a packet: source, port; then protocol, flags, delay, and what of an earlier
 * packet it has: all, or its sequence number, or its checksum without an identification.
 */
function plainHits(input: Uint8Array): { hit: PlainHit; now: number }[] {
  let time = 1_700_000_000_000;
  const hits: { hit: PlainHit; now: number }[] = [];
  for (let i = 0; i + 1 < input.length; i += 2) {
    const [first, second] = [input[i]!, input[i + 1]!];
    time += DELAYS[second >> 2 & 7]!;
    const now = time + ((first & 0xc0) === 0xc0 ? 1500 : 0);
    const again = (second & 0xc0) === 0xc0
      ? hits.at(-1 - (second >> 5 & 1))?.hit
      : undefined;
    if (again !== undefined) {
      hits.push({ hit: { ...again, time }, now });
      continue;
    }
    const udp = (second & 1) !== 0;
    const old = (second & 0x80) !== 0;
    hits.push({
      hit: {
        time,
        source: SOURCES[first >> 4 & 3]!,
        sourcePort: old ? 1024 : 1024 + i,
        destination: HOST,
        port: PORTS[first & 15]!,
        protocol: udp ? "udp" : "tcp",
        flags: udp ? 0 : (second & 2) !== 0 ? 0x12 : 0x02,
        tcpSequence: udp ? 0 : i >> 3,
        length: udp ? 8 : 0,
        checksum: udp ? second >> 6 : 0,
        identification: old ? 0 : i + 1,
      },
      now,
    });
  }
  return hits;
}

const matcher: Target = {
  name: "matcher",
  dictionary: [[0, 0, 1, 0, 2, 0], [2, 0, 1, 0, 0, 0], [4, 0, 5, 0, 6, 0, 7, 0]],
  maxBytes: 200,
  // Nearly all of it for the rules as they are written down.
  limit: 2000,
  inputs: 250,
  run(input) {
    const fast = trial(SEQUENCES);
    const naive = new NaiveMatcher(SEQUENCES, [HOST], []);
    let story = "";
    for (const [i, { hit, now }] of plainHits(input).entries()) {
      const expected = naive.hit(hit, now).sort();
      const actual = decisions(fast.send(hit, now)).sort();
      assert.deepEqual(actual, expected, `packet ${i}`);
      if (story.length < 12) story += actual.map((event) => event.slice(0, 8)).join("");
    }
    return story;
  },
};

export const MATCHER_TARGETS: readonly Target[] = [matcher];
