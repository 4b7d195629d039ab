import assert from "node:assert/strict";
import { statusLines } from "../../../../lib/cli/actions/status/status_lines.ts";
import type { Status } from "../../../../lib/server/status.ts";

const TIME = Date.UTC(2026, 10, 26, 8);

const STATUS: Status = {
  version: "1.0.0",
  pid: 1,
  config: "/etc/knockd/knock.toml",
  listenOn: [],
  uptime: 5,
  interfaces: [],
  doors: [
    {
      ...{ name: "ssh", kind: "otp", clients: 30, opened: 2 },
      failed: { used: 1, clock: 9, engine: 3 },
    },
    { name: "web", kind: "static", opened: 0, failed: {} },
  ],
  clients: [
    { door: "ssh", client: "alice", last: { time: TIME, ip: "192.0.2.7" } },
    ...Array.from({ length: 29 }, (_, i) => ({ door: "ssh", client: `c${i}` })),
  ],
  leases: [],
  commands: [],
  clocks: [],
  opened: 2,
  refused: 13,
  spent: 2,
  openings: [],
  failures: [{
    ...{ time: TIME, door: "ssh", ip: "192.0.2.9", client: "bob", reason: "clock" },
    why: "bob's clock is about 95 s behind; the door allows 30, and " +
      "more ".repeat(20),
  }],
};

Deno.test("status names what keeps doors shut, the most frequent first", () => {
  const text = statusLines(STATUS).join("\n");
  assert.match(text, /ssh +rotating +2 opened, 13 not/);
  assert.match(text, /ssh +9 +the client's clock is off\n +ssh +3 +the fleet's engine/);
  assert.match(text, /192\.0\.2\.9: ssh \(bob\)\n +bob's clock is about 95 s behind/);
});

Deno.test("status lists the clients that opened last, and counts the others", () => {
  const text = statusLines(STATUS).join("\n");
  assert.match(text, /ssh +alice +2026-11-26 \d\d:00:00 +192\.0\.2\.7/);
  assert.match(text, /ssh +c0 +never opened it/);
  assert.match(text, /and 10 more/);
});

Deno.test("status names some of many addresses, and counts the others", () => {
  const addresses = Array.from({ length: 5000 }, (_, i) => `2001:db8::${i}`);
  const state = { interface: "eth0", hears: true, packets: 1, dropped: 0, reason: "" };
  const status = { ...STATUS, interfaces: [{ ...state, addresses }] };
  const line = statusLines(status).find((line) => line.startsWith("eth0: listening"));
  assert.match(line!, /2001:db8::15 and 4984 more\), 1 packet seen/);
});

Deno.test("no name of an interface or a path speaks to the terminal that shows a status", () => {
  const name = "e\x1b[31m\n\u202e";
  const interfaces = [{ name, listening: false, reason: name }];
  const config = `/etc/${name}.toml`;
  const status = { ...STATUS, config, interfaces } as unknown as Status;
  const lines = statusLines(status);
  assert.equal(lines.length, statusLines(STATUS).length + 1);
  assert.doesNotMatch(lines.join(""), /[\p{Cc}\u202e]/u);
});

Deno.test("status fits in 80 columns", () => {
  for (const line of statusLines(STATUS)) assert.ok(line.length <= 80, line);
});

Deno.test("status shows what a daemon tells that is older than the program", () => {
  const { clients: _, failures: __, doors, ...older } = STATUS;
  const named = doors.map(({ name, kind }) => ({ name, kind }));
  const text = statusLines({ ...older, doors: named } as unknown as Status).join("\n");
  assert.match(text, /web +one sequence/);
});
