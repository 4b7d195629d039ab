import assert from "node:assert/strict";
import { parseAddress } from "../../../lib/core/address.ts";
import type { Door } from "../../../lib/core/door.ts";
import { door } from "../doors.ts";
import { Hit } from "../../../lib/core/hit.ts";
import type { PlainHit } from "./naive_matcher.ts";
import {
  ACK,
  fill,
  HOST,
  openings,
  ordered,
  OTHER,
  packets,
  play,
  SYN,
  trial,
  unordered,
} from "./trial.ts";

const KNOCKS: [why: string, doors: Door, knock: string, opens: boolean][] = [
  ["the plain case", door("a", "1,2,3"), "1 2 3", true],
  ["protocols differ", door("a", "1,2:udp,3"), "1 2 3", false],
  ["protocols agree", door("a", "1,2:udp,3"), "1 2:udp 3", true],
  ["wrong order", door("a", "1,2,3"), "1 3 2", false],
  ["a start over", door("a", "1,2,3"), "1 2 1 2 3", true],
  ["an own port twice", door("a", "1,2,3"), "1 2 2 3", true],
  ["tolerated foreign ports", door("a", "1,2,3"), "1 8 2 9 3", true],
  ["one foreign port many times", door("a", "1,2,3"), "1 8 8 8 8 2 8 8 3", true],
  ["too many foreign ports", door("a", "1,2,3"), "1 7 8 2 9 3", false],
  ["foreign ports outside", door("a", "1,2,3"), "5 6 7 8 9 1 2 3", true],
  ["no tolerance", door("a", "1,2,3", { tolerance: 0 }), "1 2 9 3", false],
  ["any tolerance", door("a", "1,2", { tolerance: -1 }), "1 3 4 5 6 7 8 9 2", true],
  ["one port only", door("a", "1"), "1", true],
  ["the same port twice", door("a", "1,1"), "1 1", true],
];

for (const [why, one, knock, opens] of KNOCKS) {
  Deno.test(`matcher ${opens ? "opens" : "stays shut"}: ${why}`, () => {
    const events = play(trial([ordered(one)]), packets(knock));
    assert.equal(events.includes("open a 192.0.2.7"), opens, events.join("; "));
  });
}

Deno.test("matcher ignores a repeated packet", () => {
  const [one, two, three] = packets("1 2 3") as [PlainHit, PlainHit, PlainHit];
  const events = play(trial([ordered(door("a", "1,2,3"))]), [
    one,
    one,
    two,
    one,
    two,
    three,
    three,
  ]);
  assert.deepEqual(events, ["stage 1 a", "stage 2 a", "open a 192.0.2.7"]);
});

Deno.test("matcher takes a packet with another source port for a new hit", () => {
  const hits = [
    ...packets("1", { tcpSequence: 5, sourcePort: 1 }),
    ...packets("1", { tcpSequence: 5, sourcePort: 2 }),
  ];
  assert.deepEqual(play(trial([ordered(door("a", "1,1"))]), hits), [
    "stage 1 a",
    "open a 192.0.2.7",
  ]);
});

Deno.test("matcher takes the time limit as less than", () => {
  const at = (seconds: number) => [
    ...packets("1", { time: 0 }),
    ...packets("2", { time: seconds * 1000 }),
  ];
  const one = () => trial([ordered(door("a", "1,2", { seqTimeout: 10 }))]);
  assert.ok(play(one(), at(9.999)).includes("open a 192.0.2.7"));
  assert.ok(!play(one(), at(10)).includes("open a 192.0.2.7"));
});

Deno.test("matcher says why a complete sequence opens nothing", () => {
  const long = door("b", "91,92", { seqTimeout: 100 });
  const doors = [ordered(door("a", "1,2", { seqTimeout: 10 })), ordered(long)];
  const slow = [...packets("1", { time: 0 }), ...packets("2", { time: 50_000 })];
  assert.deepEqual(play(trial(doors), slow), ["stage 1 a", "refuse slow a 0"]);
  assert.deepEqual(play(trial(doors), packets("1 7 8 9 2")), [
    "stage 1 a",
    "refuse foreign a 3",
  ]);
});

Deno.test("matcher opens more than a hundred doors for one source, each once", () => {
  const doors = Array.from({ length: 130 }, (_, i) => door(`d${i}`, `${100 + i},9`));
  const one = trial([...doors, door("x", "1,2")].map(ordered));
  for (const { name } of doors) {
    const hits = packets(`${100 + Number(name.slice(1))} 1 9 2`);
    assert.deepEqual(openings(play(one, hits)), [
      `open ${name} 192.0.2.7`,
      "open x 192.0.2.7",
    ]);
    assert.deepEqual(openings(play(one, hits)), []);
  }
});

Deno.test("matcher opens a hundred doors whose knocks are under way at once", () => {
  const ports = Array.from({ length: 100 }, (_, i) => 100 + i);
  const doors = ports.map((port) =>
    ordered(door(`d${port}`, `${port},${1000 + port}`, { tolerance: -1 }))
  );
  const one = trial(doors);
  play(one, packets(ports.join(" ")));
  const ends = ports.map((port) => 1000 + port).join(" ");
  assert.equal(openings(play(one, packets(ends, { time: 2000 }))).length, 100);
});

Deno.test("matcher uses a hit for one opening of a door", () => {
  const twice = trial([ordered(door("a", "1,1"))]);
  assert.deepEqual(play(twice, packets("1 1 1 1")), [
    "stage 1 a",
    "open a 192.0.2.7",
    "stage 1 a",
    "open a 192.0.2.7",
  ]);
  const any = trial([unordered(door("a", "1,2,3"))]);
  const events = play(any, packets("3 1 2 3 1 2"));
  assert.equal(events.filter((event) => event.startsWith("open")).length, 2);
});

Deno.test("matcher keeps sources apart", () => {
  const one = trial([ordered(door("a", "1,2,3"))]);
  const alice = packets("1 2 3");
  const bob = packets("1 2 3", { source: "192.0.2.8" });
  const mixed = alice.flatMap((hit, i) => [hit, bob[i]!]);
  assert.deepEqual(play(one, mixed).filter((event) => event.startsWith("open")), [
    "open a 192.0.2.7",
    "open a 192.0.2.8",
  ]);
});

Deno.test("matcher keeps doors apart, though they share ports", () => {
  const doors = ["1,2,3", "3,2,1", "1,2", "2,3"].map((knocks, i) =>
    ordered(door("abcd"[i]!, knocks))
  );
  const events = play(trial(doors), packets("1 2 3 2 1"));
  assert.deepEqual(events.filter((event) => event.startsWith("open")).sort(), [
    "open a 192.0.2.7",
    "open b 192.0.2.7",
    "open c 192.0.2.7",
    "open d 192.0.2.7",
  ]);
});

Deno.test("matcher heeds addresses, targets and ignored ports", () => {
  const target = parseAddress("10.77.0.50")!;
  const doors = [ordered(door("host", "1,2")), ordered(door("wol", "1,2", { target }))];
  const opens = (destination: string, ignored = "") =>
    play(trial(doors, ignored), packets("1 2", { destination }))
      .filter((event) => event.startsWith("open"));
  assert.deepEqual(opens(HOST), ["open host 192.0.2.7"]);
  assert.deepEqual(opens(target.text), ["open wol 192.0.2.7"]);
  assert.deepEqual(opens(OTHER), []);
  assert.deepEqual(opens(HOST, "2"), []);
});

Deno.test("matcher follows the addresses of the host", () => {
  const one = trial([ordered(door("a", "1,2"))]);
  one.matcher.setHostAddresses([parseAddress(OTHER)!, parseAddress("2001:db8::1")!]);
  assert.deepEqual(play(one, packets("1 2")), []);
  assert.equal(play(one, packets("1 2", { destination: OTHER })).length, 2);
  const ipv6 = packets("1 2", { source: "2001:db8::2", destination: "2001:db8::1" });
  assert.deepEqual(play(one, ipv6), ["stage 1 a", "open a 2001:db8::2"]);
});

Deno.test("matcher heeds each door's own TCP flags", () => {
  const strict = door("synack", "1,2", {
    tcpFlags: { mask: SYN | ACK, value: SYN | ACK },
  });
  const all = door("all", "1,2", { tcpFlags: { mask: 0, value: 0 } });
  const opens = (flags: number) =>
    play(trial([ordered(strict), ordered(all)]), packets("1 2", { flags }))
      .filter((event) => event.startsWith("open")).sort();
  assert.deepEqual(opens(SYN | ACK), ["open all 192.0.2.7", "open synack 192.0.2.7"]);
  assert.deepEqual(opens(SYN), ["open all 192.0.2.7"]);
});

Deno.test("matcher does not open for a scan of all ports, in order or against it", () => {
  const ports = Array.from({ length: 10_000 }, (_, i) => i + 1);
  for (const order of [ports, ports.toReversed()]) {
    const doors = ["7000,8000,9000", "9000,8000,7000"].map((knocks, i) =>
      ordered(door("ab"[i]!, knocks))
    );
    const scan = order.map((port) => packets(`${port}`, { time: port })[0]!);
    const opens = play(trial(doors), scan).filter((event) => event.startsWith("open"));
    assert.deepEqual(opens, []);
  }
});

Deno.test("a scan hides none of its ports behind packets that only other doors count", () => {
  const other = door("other", "60000", { tcpFlags: { mask: ACK, value: ACK } });
  const elsewhere = door("elsewhere", "60000", { target: parseAddress(OTHER)! });
  const doors = [ordered(door("a", "7000,8000")), ordered(other), ordered(elsewhere)];
  const ports = Array.from({ length: 65 }, (_, i) => i + 1).join(" ");
  for (const hiding of [{ flags: ACK }, { destination: OTHER }]) {
    const one = trial(doors);
    const events = [
      ...play(one, packets("7000 7001 7002 7003", { time: 0 })),
      ...play(one, packets(ports, { ...hiding, time: 10 })),
      ...play(one, packets("8000", { time: 100 })),
    ];
    assert.equal(events.at(-1), "refuse foreign a 68");
  }
});

for (
  const [whose, more] of [["nobody's", []], ["another door's", ["22,23,22"]]] as const
) {
  Deno.test(`a source knocks again after a million packets to ${whose} port, as of a transfer`, () => {
    const all = { tcpFlags: { mask: 0, value: 0 } };
    const doors = ["1,2", ...more].map((ports) => ordered(door(ports, ports, all)));
    const one = trial(doors);
    play(one, packets("1 2", { time: 0 }));
    const hit = new Hit();
    fill(hit, packets("22", { flags: ACK, time: 10 })[0]!);
    for (hit.tcpSequence = 0; hit.tcpSequence < 2 ** 20; hit.tcpSequence++) {
      one.matcher.hit(hit);
    }
    assert.deepEqual(openings(play(one, packets("1 2", { time: 100 }))), [
      "open 1,2 192.0.2.7",
    ]);
  });
}

Deno.test("matcher forgets the source that was quiet longest", () => {
  const one = trial([ordered(door("a", "1,2"))], "", {
    units: 8,
  });
  play(one, packets("1", { source: "192.0.2.1", time: 0 }));
  for (let i = 2; i <= 9; i++) {
    play(one, packets("1", { source: `192.0.2.${i}`, time: i }));
  }
  const opens = (source: string) => play(one, packets("2", { source, time: 20 })).join();
  assert.equal(opens("192.0.2.2"), "open a 192.0.2.2");
  assert.equal(opens("192.0.2.1"), "");
});

Deno.test("matcher takes a removed sequence for foreign ports", () => {
  const one = ordered(door("a", "1,2"));
  const two = ordered(door("b", "3,4"));
  const both = trial([one, two]);
  both.matcher.remove(one);
  assert.deepEqual(play(both, packets("1 2 3 1 4")), ["stage 1 b", "open b 192.0.2.7"]);
  both.matcher.add(one);
  assert.deepEqual(openings(play(both, packets("1 2", { time: 2000 }))), [
    "open a 192.0.2.7",
  ]);
});

Deno.test("matcher survives a clock that steps back in the middle of a knock", () => {
  const one = trial([ordered(door("a", "1,2,3"))]);
  play(one, packets("1 2", { time: 10_000_000 }));
  assert.deepEqual(play(one, packets("3 1 2 3", { time: 1000 })), [
    "stage 1 a",
    "stage 2 a",
    "open a 192.0.2.7",
  ]);
});

Deno.test("matcher gives its memory back when no hit matters any more", () => {
  const one = trial([ordered(door("a", "1,2"))]);
  play(one, packets("1", { time: 0 }));
  assert.equal(one.matcher.rest(24_000), 106_001);
  assert.deepEqual(play(one, packets("2", { time: 24_500 })), ["open a 192.0.2.7"]);
  play(one, packets("1", { time: 25_000 }));
  assert.equal(one.matcher.rest(155_001), 0);
  assert.deepEqual(play(one, packets("2", { time: 48_000 })), []);
});

Deno.test("matcher gives back what one before it took, and had no packet since", () => {
  const before = trial([ordered(door("a", "1,2"))]);
  play(before, packets("1", { time: 0 }));
  const one = trial([ordered(door("a", "1,2"))], "", {}, before);
  assert.equal(one.matcher.rest(24_000), 106_001);
  assert.equal(one.matcher.rest(131_000), 0);
  assert.deepEqual(play(one, packets("2", { time: 24_000 })), []);
});

Deno.test("a knock goes on though several matchers came after one another in the midst", () => {
  const target = parseAddress(OTHER)!;
  const wanted = ordered(door("wol", "1,2", { target }));
  const another = ordered(door("b", "8,9", { target: parseAddress("10.77.0.50")! }));
  const first = trial([wanted]);
  play(first, packets("1", { destination: OTHER }));
  const second = trial([another, wanted], "", {}, first);
  const third = trial([another, wanted], "", {}, second);
  const opened = play(third, packets("2", { destination: OTHER, time: 2000 }));
  assert.deepEqual(openings(opened), ["open wol 192.0.2.7"]);
});

Deno.test("a sequence that comes late is judged by its own source's hits", () => {
  const known = unordered(door("known", "1,2,3"));
  const late = unordered(door("late", "10,20,30"));
  const { matcher, events, send } = trial([known]);
  const hits = packets("1 10 20 30");
  for (const hit of hits) send(hit);
  // Another source's, of which more than one counts as these would.
  for (const hit of packets("1 2", { source: "192.0.2.8" })) send(hit);
  events.length = 0;
  matcher.add(late);
  const latest = new Hit();
  fill(latest, hits.at(-1)!);
  matcher.review(late, latest);
  assert.deepEqual(events, ["open late 192.0.2.7"]);
});
