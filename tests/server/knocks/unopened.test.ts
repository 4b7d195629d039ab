import assert from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { UnopenedKnocks } from "../../../lib/server/knocks/unopened.ts";
import { FakeSystem } from "../fake_system.ts";

const spendings = ["a", "b", "c"].map((client, counter) => ({
  series: { id: client.repeat(32), label: "ssh", client },
  counter,
}));

async function setUp() {
  const system = new FakeSystem();
  const journal = await Journal.inMemory();
  const troubles: unknown[] = [];
  const heard: string[] = [];
  const commits: number[] = [];
  const unopened = new UnopenedKnocks({
    journal: {
      spend: (series, counter) => journal.spend(series, counter),
      batch: (work) => {
        commits.push(system.now());
        return journal.batch(work);
      },
    },
    system,
    report: { refused: () => {}, trouble: (what) => troubles.push(what) },
    onSpent: ({ client }) => heard.push(client),
  });
  const spendAll = () => Promise.all(spendings.map((each) => unopened.spend(each)));
  const highest = () => spendings.map(({ series }) => journal.highest(series));
  const dispose = () => journal[Symbol.dispose]();
  return {
    ...{ system, journal, troubles, heard, commits, spendAll, highest },
    [Symbol.dispose]: dispose,
  };
}

Deno.test("knocks of which the fleet can't be asked are spent, many with one commit", async () => {
  using world = await setUp();
  const ends = world.spendAll();
  await world.system.advance(0);
  assert.deepEqual(await ends, Array(3).fill("; it is spent"));
  assert.deepEqual(world.highest(), [0, 1, 2]);
  assert.deepEqual([world.commits.length, world.heard], [1, ["a", "b", "c"]]);
});

Deno.test("knocks that can't be spent together are spent one by one, and it is said of whom not", async () => {
  using world = await setUp();
  const { journal, system, troubles } = world;
  const spend = journal.spend.bind(journal);
  journal.spend = (series, counter) => {
    if (series.client === "b") throw new Failure("the disk is full");
    return spend(series, counter);
  };
  const ends = world.spendAll();
  await system.advance(0);
  assert.deepEqual(await ends, ["; it is spent", "", "; it is spent"]);
  assert.deepEqual(world.highest(), [0, undefined, 2]);
  assert.deepEqual(troubles, [{ kind: "failure", why: "the disk is full" }]);
});

Deno.test("whoever is asked to spend when the journal is closed fails in a line", async () => {
  const world = await setUp();
  world[Symbol.dispose]();
  const ends = world.spendAll();
  await world.system.advance(0);
  assert.deepEqual(await ends, ["", "", ""]);
});
