import assert from "node:assert/strict";
import { paced } from "../../../lib/server/metrics/paced.ts";

Deno.test("a crowd that asks for metrics has them made once, and then there is a rest", async () => {
  const time = { now: 0 };
  const text = paced((format) => {
    const made = `${format} at ${time.now}`;
    time.now += 200;
    return Promise.resolve(made);
  }, {
    now: () => time.now,
    wait: (milliseconds) => Promise.resolve(time.now += milliseconds),
  });
  const crowd = () =>
    Promise.all(
      Array.from(
        { length: 16 },
        (_, i) => text(i % 2 === 0 ? "prometheus" : "openmetrics"),
      ),
    );
  const texts = [...new Set([...await crowd(), ...await crowd()])];
  assert.deepEqual(texts, [
    "prometheus at 0",
    "openmetrics at 1000",
    "prometheus at 2000",
    "openmetrics at 3000",
  ]);
  time.now += 60_000;
  assert.equal(await text("prometheus"), `prometheus at ${time.now - 200}`);
});

Deno.test("metrics that could not be made are made for who asks next", async () => {
  let tries = 0;
  const text = paced(() => {
    tries++;
    return tries === 1 ? Promise.reject(new Error("no memory")) : Promise.resolve("text");
  });
  const asked = [text("prometheus"), text("prometheus"), text("openmetrics")];
  const outcomes = await Promise.allSettled(asked);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected", "fulfilled"],
  );
  assert.equal(tries, 2);
});
