import assert from "node:assert/strict";
import { SdNotify } from "../../../lib/server/process/sd_notify.ts";
import { Datagrams } from "../../ffi/datagrams.ts";
import { FakeSystem } from "../fake_system.ts";

/** A service manager that received what `act` made us say. */
async function said(
  act: (manager: SdNotify, system: FakeSystem) => void | Promise<void>,
  env: Record<string, string> = {},
): Promise<string[]> {
  const name = `@knockd-test-${crypto.randomUUID()}`;
  using receiver = new Datagrams(name);
  const system = new FakeSystem();
  const all: Record<string, string> = { NOTIFY_SOCKET: name, ...env };
  {
    using manager = SdNotify.open({ system, env: (name) => all[name], pid: 77 })!;
    await act(manager, system);
    manager.stopping();
  }
  assert.equal(system.timers, 0);
  const words: string[] = [];
  for (;;) {
    const word = await receiver.next();
    if (word.startsWith("STOPPING=1")) return words;
    words.push(word);
  }
}

Deno.test("a service is ready when the first interface hears, and not before", async () => {
  const words = await said((manager) => {
    manager.deaf("eth0", "waiting for eth0:\n it is down");
    manager.listening("wlan0", "listening on wlan0 (no address yet)");
    manager.listening("eth0", "listening on eth0 (10.0.0.1)");
    manager.deaf("wlan0", "waiting for wlan0: it is gone");
    manager.deaf("eth0", "waiting for eth0: it went down");
  });
  assert.deepEqual(words, [
    "STATUS=waiting for eth0: it is down",
    "EXTEND_TIMEOUT_USEC=90000000",
    "READY=1\nSTATUS=listening on wlan0 (no address yet)",
    "READY=1\nSTATUS=listening on wlan0 (no address yet); listening on eth0 (10.0.0.1)",
    "STATUS=listening on eth0 (10.0.0.1)",
    "STATUS=waiting for eth0: it went down",
  ]);
});

Deno.test("a service is ready however many addresses it has", async () => {
  const addresses = Array.from({ length: 5000 }, (_, i) => `2001:db8::${i}`);
  const words = await said((manager) => {
    manager.listening("eth0", `listening on eth0 (${addresses.join(", ")})`);
  });
  assert.match(words[0]!, /^READY=1\nSTATUS=listening on eth0 \(2001:db8::0, .*…$/);
  assert.ok(words[0]!.length < 4096, "systemd reads no more");
});

Deno.test("a service that reloads says when, and when it is done", async () => {
  const words = await said((manager) => {
    manager.listening("eth0", "listening");
    const done = manager.reloading();
    done();
  });
  assert.match(words[1]!, /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
  assert.equal(words[2], "READY=1");
});

Deno.test("a reload does not make a service ready that hears nothing", async () => {
  const words = await said((manager) => {
    manager.deaf("eth0", "waiting");
    manager.reloading()();
  });
  assert.deepEqual(words, ["STATUS=waiting", "EXTEND_TIMEOUT_USEC=90000000"]);
});

Deno.test("a start gets more time for as long as an interface is missing", async () => {
  const words = await said(async (manager, system) => {
    manager.deaf("eth0", "waiting for eth0");
    await system.advance(60_000);
    manager.listening("eth0", "listening");
    await system.advance(60_000);
  });
  const more = "EXTEND_TIMEOUT_USEC=90000000";
  const ready = "READY=1\nSTATUS=listening";
  assert.deepEqual(words, ["STATUS=waiting for eth0", more, more, more, ready]);
});

Deno.test("the watchdog gets a word twice in its time, until the end", async () => {
  for (const env of [{}, { WATCHDOG_PID: "77" }]) {
    const words = await said(
      (_, system) => system.advance(60_000),
      { WATCHDOG_USEC: "30000000", ...env },
    );
    assert.deepEqual(words, Array(5).fill("WATCHDOG=1"));
  }
});

for (
  const [env, why] of [
    [{}, "there is none"],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "78" }, "it watches another process"],
    [{ WATCHDOG_USEC: "0" }, "it has no time"],
    [{ WATCHDOG_USEC: "-5" }, "its time is negative"],
    [{ WATCHDOG_USEC: "soon" }, "its time is no number"],
  ] as const
) {
  Deno.test(`the watchdog gets no word when ${why}`, async () => {
    const words = await said((_, system) => system.advance(60_000), env);
    assert.deepEqual(words, []);
  });
}

Deno.test("without a service manager nobody is told", () => {
  const system = new FakeSystem();
  const env = { WATCHDOG_USEC: "1000" } as Record<string, string>;
  assert.equal(SdNotify.open({ system, env: (name) => env[name], pid: 77 }), undefined);
  assert.equal(system.timers, 0);
});
