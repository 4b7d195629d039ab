import { deepEqual } from "node:assert/strict";
import { TableWatch } from "../../../lib/server/firewall/table_watch.ts";
import { FakeSystem } from "../fake_system.ts";
import { MemoryFeed } from "./fake_nft.ts";

/** When a table is looked at that others change every millisecond, in 200 ms. */
async function looks(isWhole: (ms: number) => boolean, tookMs = 0): Promise<number[]> {
  const fake = new FakeSystem();
  const feed = new MemoryFeed();
  const times: number[] = [];
  const begun = fake.monotonic();
  let took = 0;
  using _watch = new TableWatch({
    feed,
    own: [],
    system: {
      monotonic: () => fake.monotonic() + took,
      schedule: (ms, run) => fake.schedule(ms, run),
    },
    mending: {
      mend() {
        const ms = fake.monotonic() - begun;
        times.push(ms);
        took += tookMs;
        return !isWhole(ms);
      },
      reconcile() {},
    },
    onMended() {},
  });
  for (let ms = 0; ms < 200; ms++) {
    feed.changed();
    await fake.advance(1);
  }
  return times;
}

Deno.test("a table that is flushed just after another change is soon made whole", async () => {
  const times = await looks((ms) => ms !== 10);
  deepEqual(times.slice(0, 3), [0, 10, 110]);
});

Deno.test("two programs at odds make a table anew ten times a second", async () => {
  deepEqual(await looks(() => false), [0, 100, 200]);
});

Deno.test("a table that takes long to look at is looked at less often", async () => {
  deepEqual(await looks(() => true, 9), [0, 90, 180]);
});
