import assert from "node:assert/strict";
import { History } from "../../../lib/server/history/history.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryDirectory } from "../state_directory.ts";

const LIMITS = { days: 1_000_000, rows: 1000 };

function line(time: number, values: Record<string, unknown>) {
  return { time, level: "info", line: "", values };
}

function opened(time: number, ip: string, door = "ssh", client?: string) {
  return line(time, { event: "open", door, ip, client });
}

/** Runs a test with a history on disk, and what it warned of. */
async function onDisk(
  use: (open: () => Promise<History>, warned: string[], path: string) => Promise<void>,
  limits = LIMITS,
): Promise<void> {
  const directory = await memoryDirectory();
  const warned: string[] = [];
  try {
    const path = `${directory}/history.db`;
    await use(
      async () => {
        const history = new History(
          new FakeSystem(),
          limits,
          (text) => warned.push(text),
        );
        await history.useFile(path);
        return history;
      },
      warned,
      path,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the history survives a restart, and answers by door, client, address and time", () =>
  onDisk(async (open, warned, path) => {
    {
      using history = await open();
      history.note(opened(1000, "192.0.2.7", "ssh", "alice"));
      history.note(opened(2000, "192.0.2.8", "web"));
      history.note(line(3000, {
        ...{ event: "refused", door: "ssh", ip: "192.0.2.9", client: "bob" },
        why: "the sequence was used already",
      }));
    }
    using history = await open();
    const ips = (wanted: Parameters<History["newest"]>[0]) =>
      history.newest(wanted).map(({ ip }) => ip);
    assert.deepEqual(ips({}), ["192.0.2.7", "192.0.2.8", "192.0.2.9"]);
    assert.deepEqual(ips({ door: "web" }), ["192.0.2.8"]);
    assert.deepEqual(ips({ client: "bob" }), ["192.0.2.9"]);
    assert.deepEqual(ips({ since: 2000, until: 3000 }), ["192.0.2.8"]);
    assert.deepEqual(ips({ ip: "192.0.2.7" }), ["192.0.2.7"]);
    assert.deepEqual(ips({ ip: "192.0.2.8/31" }), ["192.0.2.8", "192.0.2.9"]);
    assert.deepEqual(ips({ ip: "::/0" }), []);
    assert.deepEqual(ips({ ip: "192.0.2.8/" }), []);
    assert.deepEqual(
      history.newest({ ip: "192.0.2.0/24" }, 1).map(({ ip }) => ip),
      ["192.0.2.9"],
    );
    assert.deepEqual(ips({ since: 2000 }), ["192.0.2.8", "192.0.2.9"]);
    assert.equal(
      history.newest({ client: "bob" })[0]?.why,
      "the sequence was used already",
    );
    assert.deepEqual(warned, []);
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  }));

Deno.test("stages, and strangers who are refused, are no history", () => {
  using history = new History(new FakeSystem(), LIMITS, () => {});
  history.note(line(1, { event: "stage", door: "ssh", ip: "192.0.2.7" }));
  history.note(line(1, { event: "refused", door: "ssh", ip: "192.0.2.7" }));
  history.note(line(1, { event: "start" }));
  assert.deepEqual(history.newest({}), []);
});

Deno.test("what went wrong with an opening or a closing is history, and once", () => {
  using history = new History(new FakeSystem(), LIMITS, () => {});
  const at = { door: "ssh", ip: "192.0.2.7" };
  history.note(line(1, { event: "open", ...at }));
  history.note(line(2, { event: "start failed", how: "ended with 3", ...at }));
  for (let i = 1; i < 9; i++) {
    history.note(line(2 + i, { event: "still open", attempts: i, seconds: i, ...at }));
  }
  history.note(line(20, { event: "gave up", why: "its start command failed", ...at }));
  history.note(line(21, { event: "left open", ...at }));
  history.note(line(22, { event: "nothing to close", by: "leave", ...at }));
  assert.deepEqual(history.newest({}).map(({ event, why }) => [event, why]), [
    ["open", undefined],
    ["close", "the start command ended with 3"],
    ["still open", "the stop command failed"],
    ["gave up", "its start command failed"],
    ["left open", undefined],
  ]);
});

Deno.test("a flood of openings writes 50 happenings a second of a door, and others theirs", () => {
  const system = new FakeSystem();
  using history = new History(system, LIMITS, () => {});
  for (let i = 0; i < 1000; i++) history.note(opened(i, "192.0.2.7"));
  history.note(opened(1, "192.0.2.8", "web"));
  assert.equal(history.newest({ door: "ssh" }).length, 50);
  assert.equal(history.newest({ door: "web" }).length, 1);
});

Deno.test("without a file, memory keeps the last 1,000", async () => {
  const system = new FakeSystem();
  using history = new History(system, LIMITS, () => {});
  for (let i = 0; i < 3000; i++) {
    history.note(opened(i, "192.0.2.7", `door${i}`));
  }
  assert.equal(history.newest({}).length, 1000);
  assert.equal(history.newest({}).at(-1)?.door, "door2999");
  await Promise.resolve();
});

Deno.test("the oldest of more than so many are forgotten", () =>
  onDisk(async (open) => {
    using history = await open();
    for (let i = 0; i < 40; i++) {
      history.note(opened(1000 + i, `192.0.2.${i}`, `d${i}`));
      if (i % 8 === 0) history.newest({});
    }
    assert.equal(history.newest({}).length, 10);
    assert.equal(history.newest({}).at(-1)?.ip, "192.0.2.39");
  }, { days: 1_000_000, rows: 10 }));

Deno.test("what is too old is forgotten, and not what a machine noted before NTP set it", () =>
  onDisk(async (open) => {
    const now = new FakeSystem().now();
    const day = 86_400_000;
    {
      using history = await open();
      history.note(opened(now - 2 * day, "192.0.2.1"));
      history.note(opened(now - day / 2, "192.0.2.2"));
      history.note(opened(5000, "192.0.2.3"));
    }
    using history = await open();
    history.note(opened(now, "192.0.2.4"));
    const kept = history.newest({}).map(({ ip }) => ip);
    assert.deepEqual(kept, ["192.0.2.2", "192.0.2.3", "192.0.2.4"]);
  }, { days: 1, rows: 1000 }));

Deno.test("a file that is no history is said, left alone, and shuts nothing", () =>
  onDisk(async (open, warned, path) => {
    await Deno.writeTextFile(path, "somebody's letters, more than a page of them");
    using history = await open();
    history.note(opened(1000, "192.0.2.7"));
    assert.equal(history.newest({}).length, 1);
    assert.match(warned.join(), /no history on disk: .*history\.db/);
    assert.match(await Deno.readTextFile(path), /letters/);
  }));

Deno.test("the last opening of each client is known, across restarts and from then on", () =>
  onDisk(async (open) => {
    {
      using history = await open();
      history.note(opened(1000, "192.0.2.7", "ssh", "alice"));
      history.note(opened(2000, "192.0.2.8", "ssh", "alice"));
      history.note(opened(3000, "192.0.2.9", "ssh"));
    }
    using history = await open();
    const seen = () =>
      [...history.lastOpenings().values()].map(({ client, time }) => [client, time]);
    assert.deepEqual(seen(), [["alice", 2000]]);
    history.note(opened(4000, "192.0.2.7", "ssh", "bob"));
    history.note(opened(5000, "192.0.2.7", "ssh", "alice"));
    assert.deepEqual(seen(), [["bob", 4000], ["alice", 5000]]);
  }));

Deno.test("a client's knock that came in part is kept as refused, a stranger's is not", () =>
  onDisk(async (open) => {
    using history = await open();
    const late = { event: "timeout", door: "ssh", why: "4 of 5 ports came" };
    history.note(line(1000, { ...late, ip: "192.0.2.7", client: "alice" }));
    history.note(line(2000, { ...late, ip: "192.0.2.8" }));
    assert.deepEqual(history.newest({}), [{
      ...{ time: 1000, event: "refused", door: "ssh", ip: "192.0.2.7" },
      ...{ client: "alice", why: "4 of 5 ports came" },
    }]);
  }));
