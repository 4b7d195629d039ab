import assert from "node:assert/strict";
import {
  logLine,
  readOn,
  timeOf,
} from "../../../../lib/cli/actions/status/happening_words.ts";

const NOW = new Date(2026, 10, 26, 12).getTime();

const moments: [string, number][] = [
  ["90s", NOW - 90_000],
  ["45m", NOW - 45 * 60_000],
  ["12h", NOW - 12 * 3_600_000],
  ["2d", NOW - 2 * 86_400_000],
  ["2w", NOW - 14 * 86_400_000],
  ["1h30m", NOW - 90 * 60_000],
  ["5min", NOW - 5 * 60_000],
  ["2 days ago", NOW - 2 * 86_400_000],
  ["1 hour 30 minutes ago", NOW - 90 * 60_000],
  ["-1d", NOW - 86_400_000],
  ["now", NOW],
  ["today", new Date(2026, 10, 26).getTime()],
  ["yesterday", new Date(2026, 10, 25).getTime()],
  ["08:30", new Date(2026, 10, 26, 8, 30).getTime()],
  ["@1795780800", 1_795_780_800_000],
  ["2026-11-26T08:00:12.345+01:00", Date.UTC(2026, 10, 26, 7, 0, 12, 345)],
  ["2026-11-26T08:00Z", Date.UTC(2026, 10, 26, 8)],
  ["2024-02-29", new Date(2024, 1, 29).getTime()],
  ["2026-11-26", new Date(2026, 10, 26).getTime()],
  ["2026-11-26T08:00", new Date(2026, 10, 26, 8).getTime()],
  ["2026-11-26 08:00:30", new Date(2026, 10, 26, 8, 0, 30).getTime()],
  // As 1970-01-01 is east of Greenwich: before all that can be on record.
  ["1969-12-30", 0],
  ["99999999d", 0],
  ["999999999w", 0],
];
for (const [text, expected] of moments) {
  Deno.test(`log --since ${text} means that moment, by the local clock`, () => {
    assert.equal(timeOf("--since", text, NOW), expected);
  });
}

Deno.test("log --since takes nothing else", () => {
  for (
    const text of [
      "",
      "2",
      "2y",
      "d",
      "2 days before",
      "25:00",
      "1h 30x",
      "@",
      "2026-13-45",
      "2026-02-30",
      "2026-11-26T25:00",
      "1e9d",
    ]
  ) {
    assert.throws(() => timeOf("--since", text, NOW), /is no time/, text);
  }
});

Deno.test("log says from where to read on, where there may be more", () => {
  const time = new Date(2026, 10, 26, 8, 0, 5).getTime() - 1;
  const first = { time, event: "open", door: "ssh", ip: "192.0.2.7" };
  const said = readOn([first, { ...first, time: time + 5000 }]);
  assert.match(said, /the newest 2; .* --until 2026-11-26T08:00:05$/);
  assert.ok(timeOf("--until", said.split(" ").at(-1)!, NOW) > time);
});

Deno.test("a happening is a line: who, where, which client and why", () => {
  const time = new Date(2026, 10, 26, 8, 0, 5).getTime();
  const what = { time, door: "ssh", ip: "192.0.2.7", client: "alice" };
  assert.equal(
    logLine({ ...what, event: "open" }),
    "2026-11-26 08:00:05  192.0.2.7: ssh: opened (alice)",
  );
  assert.equal(
    logLine({ ...what, event: "refused", why: "used already" }),
    "2026-11-26 08:00:05  192.0.2.7: ssh: refused (alice): used already",
  );
});
