/** A service manager on a real datagram socket, and the daemon that keeps it informed. */
import assert from "node:assert/strict";
import { Datagrams } from "../ffi/datagrams.ts";
import { recordingDoor, Scratch } from "../lab/daemon.ts";
import { KNOCKD, Network, sleep } from "../lab/net.ts";

Deno.test("the daemon tells its service manager what it does, and is ready when it hears", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  using manager = new Datagrams(scratch.path("notify"));
  await server.run(["ip", "link", "set", "eth0", "down"]);
  const config = await scratch.config(recordingDoor(scratch, "ssh", "7000,8000,9000"));
  const env = { NOTIFY_SOCKET: scratch.path("notify") };
  const daemon = server.spawn([...KNOCKD, "serve", "-c", config], { env });

  assert.equal(await manager.next(20_000), "STATUS=waiting for eth0: it is down");
  await daemon.waitForLine(/not listening on eth0/);
  daemon.kill("SIGHUP");
  await daemon.waitForLine(/re-reading config file/);
  await server.run(["ip", "link", "set", "eth0", "up"]);
  const ready = await nextBut(manager, /^EXTEND_TIMEOUT_USEC=\d+$/);
  assert.match(ready, /^READY=1\nSTATUS=listening on eth0 \(.*\)$/);

  await server.run(["ip", "link", "set", "eth0", "down"]);
  const status = await nextBut(manager, /^READY=1/);
  assert.match(status, /^STATUS=waiting for eth0: it (is|went) down$/);
  await server.run(["ip", "link", "set", "eth0", "up"]);
  assert.match(await manager.next(), /^READY=1\nSTATUS=listening on eth0/);

  daemon.kill("SIGHUP");
  assert.match(
    await nextBut(manager, /^READY=1\nSTATUS/),
    /^RELOADING=1\nMONOTONIC_USEC=\d+$/,
  );
  assert.equal(await nextBut(manager, /^READY=1\nSTATUS/), "READY=1");
  assert.equal(await daemon.stop(), 0);
  assert.equal(
    await nextBut(manager, /^READY=1\nSTATUS/),
    "STOPPING=1\nSTATUS=closing every door",
  );
});

Deno.test("the watchdog hears from the daemon until it stands still", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  using manager = new Datagrams(scratch.path("notify"));
  const config = await scratch.config(recordingDoor(scratch, "ssh", "7000,8000,9000"));
  const env = { NOTIFY_SOCKET: scratch.path("notify"), WATCHDOG_USEC: "400000" };
  const daemon = server.spawn([...KNOCKD, "serve", "-c", config], { env });
  await daemon.waitForLine(/listening on eth0/, 20_000);
  for (let word = 0; word < 5; word++) {
    assert.equal(await nextBut(manager, /^(STATUS|READY)=/), "WATCHDOG=1");
  }
  daemon.kill("SIGSTOP");
  await sleep(300);
  await assert.rejects(async () => {
    for (;;) await manager.next(1000);
  }, /no datagram within 1000 ms/);
  daemon.kill("SIGCONT");
  assert.equal(await nextBut(manager, /^(STATUS|READY)=/), "WATCHDOG=1");
});

/** The next word that is not of this kind: addresses may come after readiness. */
async function nextBut(manager: Datagrams, pattern: RegExp): Promise<string> {
  for (;;) {
    const word = await manager.next();
    if (!pattern.test(word)) return word;
  }
}
