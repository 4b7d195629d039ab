/** The table of what opens a door, row by row: for the matcher and for the naive one. */
import assert from "node:assert/strict";
import { MAX_TOLERANCE } from "../../../../lib/config/limits.ts";
import { door } from "../../doors.ts";
import { NaiveMatcher, type NaiveSequence, type PlainHit } from "../naive_matcher.ts";
import {
  decisions,
  HOST,
  once,
  openings,
  ordered,
  packets,
  play,
  trial,
  unordered,
} from "../trial.ts";

const ABC = ordered(door("a", "7000,8000,9000"));
const ONE = ordered(door("a", "7000"));
const PAIR = ordered(door("a", "7000,7000"));
const THERE_AND_BACK = ordered(door("a", "7000,8000,7000"));
const ANY = once(unordered(door("a", "7000,8000,9000")));

/** Hits as letters, each once: A is 7000, B 8000, C 9000. */
function hits(text: string): PlainHit[] {
  const ports: Record<string, string> = { A: "7000", B: "8000", C: "9000" };
  return packets([...text.replaceAll(" ", "")].map((letter) => ports[letter]).join(" "));
}

/** `A@0 B@24`: hits at seconds. */
function timed(text: string): PlainHit[] {
  return text.split(" ").map((part) => {
    const [letter, second] = part.split("@");
    return { ...hits(letter!)[0]!, time: 1000 * Number(second) };
  });
}

const ROWS: [what: string, on: NaiveSequence, sent: PlainHit[], opens: number][] = [
  ["the plain case", ABC, hits("ABC"), 1],
  ["every port twice", ABC, hits("AABBCC"), 1],
  ["every port three times", ABC, hits("AAABBBCCC"), 1],
  ["the first two again, then the last twice", ABC, hits("ABABCC"), 1],
  ["the last port again and again", ABC, hits("ABC CCC"), 1],
  ["twice in a row", ABC, hits("ABC ABC"), 2],
  ["twice in a row, doubled", ABC, hits("AABBCC AABBCC"), 2],
  ["a wrong order", ABC, hits("ACB"), 0],
  ["a start long before the timeout", ABC, timed("A@0 A@20 B@24 C@26"), 1],
  ["one port, five hits", ONE, hits("AAAAA"), 5],
  ["a pair, three hits", PAIR, hits("AAA"), 1],
  ["a pair, four hits", PAIR, hits("AAAA"), 2],
  ["a pair and one, doubled", ordered(door("a", "7000,7000,8000")), hits("AAAABB"), 1],
  [
    "a pair within, doubled",
    ordered(door("a", "7000,8000,7000,7000,9000")),
    hits("AABBAAAACC"),
    1,
  ],
  ["there and back", THERE_AND_BACK, hits("ABA"), 1],
  ["there and back, doubled", THERE_AND_BACK, hits("AABBAA"), 1],
  ["there and back, twice in a row", THERE_AND_BACK, hits("ABAABA"), 2],
  ["a pair at 0, 60 and 61 s", PAIR, timed("A@0 A@60 A@61"), 1],
  ["half a knock, a minute before", ABC, timed("A@0 B@0 A@60 B@60 C@60"), 1],
  ["a rotating door, each port five times", ANY, hits("CCCCCAAAAABBBBB"), 1],
  ["a rotating door, round by round", ANY, hits("ABC ABC ABC ABC ABC"), 1],
];

for (const [what, on, sent, opens] of ROWS) {
  Deno.test(`${opens} openings: ${what}`, () => {
    assert.equal(openings(play(trial([on]), sent)).length, opens);
    const naive = new NaiveMatcher([on], [HOST], []);
    assert.equal(openings(sent.flatMap((hit) => naive.hit(hit))).length, opens);
  });
}

Deno.test("two doors with the same ports the other way round open and close", () => {
  const doors = [ABC, ordered(door("b", "9000,8000,7000"))];
  for (const [there, back] of [["ABC", "CBA"], ["AABBCC", "CCBBAA"]] as const) {
    const opened = openings(play(trial(doors), hits(`${there}${back}${there}`)));
    const counted = (name: string) =>
      opened.filter((event) => event.startsWith(`open ${name}`)).length;
    assert.deepEqual([counted("a"), counted("b")], [2, 1]);
  }
});

Deno.test("of two users behind one address 18 of 20 interleavings open", () => {
  const orders = interleavings("ABC", "ABC");
  assert.equal(orders.length, 20);
  const open = orders.filter((order) =>
    openings(play(trial([ABC]), hits(order))).length > 0
  );
  assert.equal(open.length, 18);
});

Deno.test("a scan opens what it opens, though it takes each port twice", () => {
  const ports = Array.from({ length: 4000 }, (_, i) => `${6000 + i}`);
  const doors = ["7000,8000,9000", "7000,7001,7002", "9000,8000,7000"];
  const opened = (each: string[]) => {
    const these = doors.map((knocks, i) => ordered(door(`${i}`, knocks)));
    return openings(play(trial([...these, ANY]), packets(each.join(" "))));
  };
  const once = opened(ports);
  assert.deepEqual(opened(ports.flatMap((port) => [port, port])), once);
  assert.equal(once.length, 1);
});

function interleavings(one: string, other: string): string[] {
  if (one === "" || other === "") return [one + other];
  return [
    ...interleavings(one.slice(1), other).map((rest) => one[0] + rest),
    ...interleavings(one, other.slice(1)).map((rest) => other[0] + rest),
  ];
}

Deno.test("whoever hits one port more than the most that a door can tolerate is kept out", () => {
  const tolerance = MAX_TOLERANCE;
  for (const others of [tolerance, tolerance + 1, 10 * tolerance]) {
    const one = trial([ordered(door("a", "1,2", { tolerance }))]);
    const foreign = Array.from({ length: others }, (_, i) => 100 + i).join(" ");
    const opened = openings(play(one, packets(`1 ${foreign} 2`))).length;
    assert.equal(opened, others > tolerance ? 0 : 1, `${others} others`);
  }
});

Deno.test("whose scan completed a one-time sequence knocks right after it, and gets in", () => {
  const one = trial([once(unordered(door("a", "1,2,3")))]);
  const others = Array.from({ length: 101 }, (_, i) => 100 + i).join(" ");
  const scan = play(one, packets(`1 2 ${others} 3`));
  assert.deepEqual(decisions(scan), ["refuse foreign a 101"]);
  assert.equal(openings(play(one, packets("1 2 3", { time: 2000 }))).length, 1);
});
