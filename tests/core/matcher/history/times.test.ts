import assert from "node:assert/strict";
import { door } from "../../doors.ts";
import { decisions, openings, ordered, packets, play, trial } from "../trial.ts";

const at = (time: number, text: string) => packets(text, { time });

Deno.test("what was sent before a knock that opened, and read after it, counts for the next", () => {
  const one = trial(["1,1,1", "1,2"].map((knocks) => ordered(door("a", knocks))));
  const sent = [5, 3, 4, 2, 6, 7].flatMap((time) => at(time, "1"));
  assert.equal(openings(play(one, sent)).length, 2);
});

Deno.test("it counts, too, where another port was hit between those two", () => {
  const one = trial(["1,1", "1"].map((knocks) => ordered(door(knocks, knocks))));
  const hits = [[1, "1"], [4, "1"], [2, "1"], [3, "9"], [5, "1"]] as const;
  const opened = openings(play(one, hits.flatMap(([time, port]) => at(time, port))));
  assert.equal(opened.filter((each) => each.startsWith("open 1,1 ")).length, 2);
});

Deno.test("a clock that is set back by half a second loses no knock", () => {
  const one = trial([ordered(door("a", "1,2,3"))]);
  const sent = [...at(10_000, "1 2"), ...at(9500, "1"), ...at(10_600, "3")];
  assert.equal(openings(play(one, sent)).length, 1);
});

Deno.test("a packet that waited to be read takes nothing from those that did not", () => {
  const one = trial([ordered(door("a", "1,2,3"))]);
  const hits = [...at(1000, "1"), ...at(9000, "2"), ...at(3000, "1"), ...at(9100, "3")];
  const events = hits.flatMap((hit) => one.send(hit, 9500));
  assert.equal(openings(events).length, 1);
});

Deno.test("other ports count for as long as a knock may take", () => {
  const one = trial([ordered(door("a", "1,2", { seqTimeout: 300 }))]);
  const events = play(one, [...at(0, "1 7 8 9"), ...at(200_000, "2")]);
  assert.deepEqual(decisions(events), ["refuse foreign a 3"]);
});

Deno.test("another port's hit that comes late takes no later one's place", () => {
  const one = trial([ordered(door("a", "1,2", { tolerance: 0 }))]);
  const sent = [...at(1000, "2"), ...at(1010, "1 9"), ...at(1005, "9"), ...at(1020, "2")];
  assert.deepEqual(decisions(play(one, sent)), ["refuse foreign a 2"]);
});
