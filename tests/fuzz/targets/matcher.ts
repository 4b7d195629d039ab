/** The matcher, beside the rules as they are written down. */
import assert from "node:assert/strict";
import { parseAddress } from "../../../lib/core/address.ts";
import { addressToWords } from "../../../lib/core/address_words.ts";
import { Hit, TCP, UDP } from "../../../lib/core/hit.ts";
import { Matcher } from "../../../lib/core/matcher/matcher.ts";
import { matcherSettings } from "../../../lib/core/matcher/settings.ts";
import { door, sequence } from "../../core/doors.ts";
import { NaiveMatcher, type PlainHit } from "../../core/matcher/naive_matcher.ts";
import type { Target } from "../target.ts";

const HOST = "10.77.0.1";
const SOURCES = ["10.77.0.2", "10.77.0.3", "fd77::2", "10.77.1.2"];
const PORTS = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 9, 10, 11, 12, 13];
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
  {
    door: door("d", "5,6,7,8", { tolerance: -1 }),
    knocks: sequence("5,6,7,8"),
    ordered: true,
  },
];
const DOORS = SEQUENCES.map(({ door }) => door);

/**
 * Two bytes a packet: source, port; then protocol, flags, delay, and whether it is sent
 * again. The matcher knows repeats of late packets alone, since its memory is bounded.
 */
function plainHits(input: Uint8Array): PlainHit[] {
  let time = 1_700_000_000_000;
  const hits: PlainHit[] = [];
  for (let i = 0; i + 1 < input.length; i += 2) {
    const [first, second] = [input[i]!, input[i + 1]!];
    time += [0, 1, 100, 900][second >> 2 & 3]!;
    const udp = (second & 1) !== 0;
    const hit: PlainHit = {
      time,
      source: SOURCES[first >> 4 & 3]!,
      sourcePort: 1024 + i,
      destination: HOST,
      port: PORTS[first & 15]!,
      protocol: udp ? "udp" : "tcp",
      flags: udp ? 0 : (second & 2) !== 0 ? 0x12 : 0x02,
      tcpSequence: udp ? 0 : i,
    };
    hits.push(hit);
    if ((second & 0xc0) === 0xc0) hits.push({ ...hit, time: time + 1 });
  }
  return hits;
}

const matcher: Target = {
  name: "matcher",
  dictionary: [[0, 0, 1, 0, 2, 0], [2, 0, 1, 0, 0, 0], [4, 0, 5, 0, 6, 0, 7, 0]],
  maxBytes: 200,
  // Nearly all of it for the rules as they are written down.
  limit: 2000,
  inputs: 1500,
  run(input) {
    const opened: string[] = [];
    const settings = { ...matcherSettings(DOORS, [], 1), maxSources: 64 };
    const matcher = new Matcher(settings, {
      opened: ({ door }) => opened.push(door.name),
      advanced: () => {},
      refused: () => {},
    });
    matcher.setHostAddresses([parseAddress(HOST)!]);
    for (const sequence of SEQUENCES) matcher.add(sequence);
    const naive = new NaiveMatcher(SEQUENCES, [HOST], []);
    const hit = new Hit();
    let story = "";
    for (const [i, plain] of plainHits(input).entries()) {
      fill(hit, plain);
      matcher.hit(hit);
      const expected = naive.hit(plain).sort().join("");
      const actual = opened.splice(0).sort().join("");
      assert.equal(actual, expected, `packet ${i}`);
      if (actual !== "" && story.length < 6) story += actual;
    }
    return story;
  },
};

function fill(hit: Hit, plain: PlainHit): void {
  hit.time = plain.time;
  hit.source.set(addressToWords(parseAddress(plain.source)!));
  hit.destination.set(addressToWords(parseAddress(plain.destination)!));
  hit.sourcePort = plain.sourcePort;
  hit.port = plain.port;
  hit.protocol = plain.protocol === "udp" ? UDP : TCP;
  hit.flags = plain.flags;
  hit.tcpSequence = plain.tcpSequence;
}

export const MATCHER_TARGETS: readonly Target[] = [matcher];
