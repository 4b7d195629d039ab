import assert from "node:assert/strict";
import { DoorsHost } from "../../lab/doors_host.ts";
import { sleep, waitFor } from "../../lab/net.ts";

/** Generous: a busy machine is no fault of the daemon's. */
const PATIENCE_MS = 60_000;

/** Knocks until it is told to stop. */
function knockAlways(host: DoorsHost): () => Promise<void> {
  let stop = false;
  const knocking = (async () => {
    while (!stop) await host.knock();
  })();
  return async () => {
    stop = true;
    await knocking;
  };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

Deno.test("no door stays open after twenty kills of the daemon while knocks come in", async () => {
  await using host = await DoorsHost.create();
  const stopKnocking = knockAlways(host);
  let met = 0;
  for (let kill = 0; kill < 20; kill++) {
    const daemon = host.start();
    // Every fourth is killed while it starts, and takes over what the others left.
    if (kill % 4 !== 3) {
      await host.hears();
      const isOpen = async () => (await host.rules()).length > 0;
      await waitFor(isOpen, PATIENCE_MS, () => `a door is open\n${host.log()}`);
    }
    await sleep(600 * Math.random());
    daemon.kill("SIGKILL");
    await daemon.exited;
    if ((await host.rules()).length > 0) met++;
  }
  await stopKnocking();
  assert.ok(met > 5, `only ${met} kills met an open door\n${host.log()}`);
  const daemon = host.start();
  await host.hears();
  await host.closed(PATIENCE_MS);
  assert.equal(await daemon.stop("SIGTERM", PATIENCE_MS), 0);
  assert.deepEqual(await host.rules(), []);
  assert.equal(await host.journalled(), 0, host.log());
  assert.equal(count(host.log(), /LEFT OPEN|can't be read/g), 0, host.log());
});

Deno.test("reloads by the dozen lose no lease and close none twice", async () => {
  await using host = await DoorsHost.create();
  const daemon = host.start();
  await host.hears();
  const stopKnocking = knockAlways(host);
  await sleep(500);
  for (let reload = 0; reload < 50; reload++) {
    // Half of the time one of the doors is not in the config.
    await host.configure(["a", "b", "c", "d", ...(reload % 20 < 10 ? ["e"] : [])]);
    daemon.kill("SIGHUP");
    await sleep(100 * Math.random());
  }
  await host.configure();
  daemon.kill("SIGHUP");
  const isOpen = async () => (await host.rules()).some((rule) => rule.includes(" 7040 "));
  await waitFor(isOpen, PATIENCE_MS, "door e is open");
  await host.configure(["a", "b", "c", "d"]);
  daemon.kill("SIGHUP");
  await waitFor(() => /no longer in the config, closing/.test(host.log()), 20_000);
  await stopKnocking();
  await host.closed(PATIENCE_MS);
  assert.equal(await daemon.stop("SIGTERM", PATIENCE_MS), 0);
  const log = host.log();
  const opened = count(log, /running command: iptables -w -A/g);
  assert.ok(opened >= 10, log);
  assert.equal(count(log, /running command: iptables -w -D/g), opened, log);
  assert.equal(count(log, /OPEN SESAME/g), opened, log);
  assert.equal(count(log, /, closing$/gm), opened, log);
  assert.equal(count(log, /non-zero|command killed|STILL OPEN/g), 0, log);
  assert.equal(await host.journalled(), 0, host.log());
});
