import assert from "node:assert/strict";
import { WatchTable } from "../../../../lib/cli/actions/status/watch_table.ts";

const at = new Date(2026, 10, 26, 8, 0, 5).getTime();

function said(line: string, values: Record<string, unknown> = {}, time = at) {
  return { time, level: "info", line, values };
}

Deno.test("the table has a row for each source and door, the newest first", () => {
  const table = new WatchTable();
  const ssh = { ip: "192.0.2.7", door: "ssh", event: "stage" };
  table.add(said("192.0.2.7: ssh: Stage 1", ssh));
  table.add(said("192.0.2.8: web: Stage 1", { ip: "192.0.2.8", door: "web" }));
  table.add(said("192.0.2.7: ssh: OPEN SESAME", ssh, at + 1000));
  assert.deepEqual(table.lines(24, 80), [
    "TIME      SOURCE     DOOR  WHAT",
    "08:00:06  192.0.2.7  ssh   OPEN SESAME",
    "08:00:05  192.0.2.8  web   Stage 1",
  ]);
});

Deno.test("what a door does by itself has a row for each door", () => {
  const table = new WatchTable();
  for (const door of ["ssh", "web"]) {
    const line = `${door}: command returned non-zero status code (3)`;
    table.add(said(line, { door, event: "command" }));
  }
  assert.deepEqual(table.lines(24, 80).slice(1), [
    "08:00:05  -       web   command returned non-zero status code (3)",
    "08:00:05  -       ssh   command returned non-zero status code (3)",
  ]);
});

Deno.test("the table fits its terminal, and what it quotes does not speak to it", () => {
  const table = new WatchTable();
  for (let i = 0; i < 50; i++) {
    table.add(
      said(`10.0.0.${i}: a: \x1b[2J${"x".repeat(200)}`, { ip: `10.0.0.${i}`, door: "a" }),
    );
  }
  const lines = table.lines(10, 40);
  assert.equal(lines.length, 10);
  for (const line of lines) assert.ok(line.length <= 40 && !line.includes("\x1b"), line);
});

Deno.test("why a knock failed is read to its end on a narrow terminal", () => {
  const why = "2 of 3 ports came before the timeout: 9000 did not come within 25 s";
  for (const ip of ["192.0.2.7", "2001:db8:1111:2222:3333:4444:5555:6666"]) {
    const table = new WatchTable();
    table.add(said(`${ip}: ssh: ${why}`, { ip, door: "ssh" }));
    for (const width of [80, 60, 40, 20, 7]) {
      const lines = table.lines(200, width);
      for (const line of lines) assert.ok(line.length <= width, line);
      const read = lines.join("").replaceAll(" ", "");
      const words = why.split(" ").filter((word) => word.length < width - 2);
      for (const word of words) assert.ok(read.includes(word), `${width}: ${word}`);
    }
  }
});

Deno.test("a terminal of five rows shows the newest", () => {
  const table = new WatchTable();
  for (const ip of ["10.0.0.1", "10.0.0.2"]) {
    table.add(said(`${ip}: a: ${"word ".repeat(30)}`, { ip, door: "a" }));
  }
  const lines = table.lines(4, 60);
  assert.equal(lines.length, 4);
  assert.match(lines[1]!, /10\.0\.0\.2/);
});

Deno.test("the table forgets what is oldest, and never grows", () => {
  const table = new WatchTable();
  for (let i = 0; i < 5000; i++) {
    const ip = `10.0.${i >> 8}.${i & 255}`;
    table.add(said(`${ip}: a: Stage 1`, { ip, door: "a" }));
  }
  assert.equal(table.lines(10_000, 80).length, 1001);
});
