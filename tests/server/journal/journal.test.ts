import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../../../lib/core/secret.ts";
import { Journal, type NewLease } from "../../../lib/server/journal/journal.ts";
import { type Series, seriesOf } from "../../../lib/server/journal/series.ts";
import { LEASE, SERIES } from "./journal_program.ts";
import { withStateDirectory } from "../state_directory.ts";

const alice = (fill: number) => ({
  name: "alice",
  secret: new Secret(new Uint8Array(32).fill(fill)),
});
const TOTP = { mode: "totp", period: 30 } as const;

Deno.test("series is one for a secret whatever the client is called", () => {
  const { id } = seriesOf("ssh", TOTP, alice(1));
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.equal(seriesOf("ssh", TOTP, { ...alice(1), name: "bob" }).id, id);
});

Deno.test("series is another with another label, secret, mode or period", () => {
  const ids = [
    seriesOf("ssh", TOTP, alice(1)),
    seriesOf("web", TOTP, alice(1)),
    seriesOf("ssh", TOTP, alice(2)),
    seriesOf("ssh", { ...TOTP, period: 60 }, alice(1)),
    seriesOf("ssh", { ...TOTP, mode: "hotp" }, alice(1)),
  ].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("series of a HOTP client does not depend on the period", () => {
  const [a, b] = [30, 60].map((period) =>
    seriesOf("ssh", { mode: "hotp", period }, alice(1))
  );
  assert.deepEqual(a, b);
});

Deno.test("journal spends each counter once and only upwards, across restarts", async () => {
  const counter = fc.oneof(
    { weight: 9, arbitrary: fc.nat(9) },
    { weight: 1, arbitrary: fc.integer({ min: 2 ** 48 - 3, max: 2 ** 48 - 1 }) },
  );
  const action = fc.oneof(
    { weight: 9, arbitrary: fc.record({ client: fc.nat(3), counter }) },
    { weight: 1, arbitrary: fc.constant("restart" as const) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 40 }),
      (actions) =>
        withStateDirectory(async (directory) => {
          const model = new Map<string, number>();
          let journal = await Journal.open(directory);
          for (const action of actions) {
            if (action === "restart") {
              journal[Symbol.dispose]();
              journal = await Journal.open(directory);
              continue;
            }
            const series: Series = { ...SERIES, id: `${action.client}` };
            const highest = model.get(series.id);
            assert.equal(journal.highest(series), highest);
            const fresh = highest === undefined || action.counter > highest;
            assert.equal(journal.spend(series, action.counter), fresh ? "spent" : "used");
            if (fresh) model.set(series.id, action.counter);
          }
          journal[Symbol.dispose]();
        }),
    ),
    { numRuns: 30 },
  );
});

Deno.test("journal refuses the highest spent counter itself and the first of all", () =>
  withStateDirectory(async (directory) => {
    using journal = await Journal.open(directory);
    const outcomes = [0, 0, 5, 5, 4, 6].map((counter) => journal.spend(SERIES, counter));
    assert.deepEqual(outcomes, ["spent", "used", "spent", "used", "used", "spent"]);
  }));

Deno.test("journal refuses counters that are not whole numbers", () =>
  withStateDirectory(async (directory) => {
    using journal = await Journal.open(directory);
    for (const counter of [NaN, Infinity, 1.5]) {
      assert.throws(() => journal.spend(SERIES, counter), { name: "JournalError" });
    }
    assert.equal(journal.highest(SERIES), undefined);
  }));

Deno.test("journal gives a lease back as it was begun, after a restart too", () =>
  withStateDirectory(async (directory) => {
    const { client: _, ...anonymous } = LEASE;
    const begun = { stage: "opening", attempts: 0 };
    {
      using journal = await Journal.open(directory);
      assert.equal(journal.beginLease(LEASE), 1);
      assert.equal(
        journal.beginLease({ ...anonymous, address: "fe80::1", family: 6 }),
        2,
      );
    }
    using journal = await Journal.open(directory);
    assert.deepEqual(journal.leases(), {
      leases: [
        { id: 1, ...LEASE, ...begun },
        { id: 2, ...anonymous, address: "fe80::1", family: 6, ...begun },
      ],
      garbled: [],
    });
  }));

Deno.test("journal follows a lease through its stages to its end", () =>
  withStateDirectory(async (directory) => {
    using journal = await Journal.open(directory);
    const id = journal.beginLease(LEASE);
    journal.noteLeases([{ id, changes: { stage: "open" } }]);
    journal.noteLeases([{ id, changes: { closesAt: 5_000, openFor: 2_000 } }]);
    journal.noteLeases([{ id, changes: { stage: "closing", attempts: 3 } }]);
    const [lease] = journal.leases().leases;
    assert.deepEqual(lease, {
      id,
      ...LEASE,
      stage: "closing",
      attempts: 3,
      closesAt: 5_000,
      openFor: 2_000,
    });
    journal.noteLeases([{ id, changes: undefined }]);
    journal.noteLeases([{ id, changes: undefined }]);
    assert.deepEqual(journal.leases(), { leases: [], garbled: [] });
    assert.deepEqual(journal.noteLeases([{ id, changes: { stage: "open" } }]), [
      { id, problem: "not in the journal" },
    ]);
  }));

Deno.test("journal never gives the id of an ended lease to another", () =>
  withStateDirectory(async (directory) => {
    {
      using journal = await Journal.open(directory);
      journal.noteLeases([{ id: journal.beginLease(LEASE), changes: undefined }]);
    }
    using journal = await Journal.open(directory);
    assert.equal(journal.beginLease(LEASE), 2);
  }));

for (
  const [why, change] of [
    ["no address", { address: "10.0.0" }],
    ["an address that is not canonical", { address: "FE80::1", family: 6 }],
    ["another family", { family: 6 }],
    ["no program", { stopArgv: [] }],
    ["a NUL byte", { stopArgv: ["/bin/echo", "a\0b"] }],
    ["a variable with a strange name", { stopEnv: { "A=B": "" } }],
    ["no time limit", { stopTimeout: Infinity }],
    ["a time before 1970", { closesAt: -1 }],
    ["an unknown field", { sudo: true }],
  ] as const
) {
  Deno.test(`journal takes no lease with ${why}`, () =>
    withStateDirectory(async (directory) => {
      using journal = await Journal.open(directory);
      const lease = { ...LEASE, ...change } as NewLease;
      assert.throws(() => journal.beginLease(lease), { name: "JournalError" });
      assert.deepEqual(journal.leases(), { leases: [], garbled: [] });
    }));
}

Deno.test("journal spends no counter in a batch that fails", () =>
  withStateDirectory(async (directory) => {
    using journal = await Journal.open(directory);
    assert.throws(() =>
      journal.batch(() => {
        journal.spend(SERIES, 1);
        journal.noteLeases([{ id: journal.beginLease(LEASE), changes: undefined }]);
        throw new Error("no");
      })
    );
    assert.equal(journal.highest(SERIES), undefined);
  }));

Deno.test("journal keeps two thousand leases, begun and ended at once", () =>
  withStateDirectory(async (directory) => {
    using journal = await Journal.open(directory);
    for (let i = 0; i < 2_000; i++) journal.beginLease(LEASE);
    const { leases } = journal.leases();
    assert.equal(leases.length, 2_000);
    journal.batch(() =>
      leases.forEach(({ id }) => journal.noteLeases([{ id, changes: undefined }]))
    );
    assert.deepEqual(journal.leases().leases, []);
  }));

Deno.test("journal's log stays small however much is written", () =>
  withStateDirectory(async (directory) => {
    using journal = await Journal.open(directory);
    for (let i = 0; i < 3_000; i++) journal.spend(SERIES, i);
    const bytes = Deno.statSync(`${directory}/journal.db-wal`).size;
    assert.ok(bytes > 0 && bytes < 3 * 2 ** 20, `${bytes} bytes`);
  }));

Deno.test("journal's files are its owner's alone", () =>
  withStateDirectory(async (directory) => {
    using journal = await Journal.open(directory);
    journal.spend(SERIES, 1);
    assert.equal((Deno.statSync(directory).mode ?? 0) & 0o777, 0o700);
    for (const { name } of Deno.readDirSync(directory)) {
      assert.equal(
        (Deno.statSync(`${directory}/${name}`).mode ?? 0) & 0o777,
        0o600,
        name,
      );
    }
  }));
