import assert from "node:assert/strict";
import { monotonicMicroseconds, NotifySocket } from "../../ffi/notify_socket.ts";
import { Datagrams } from "./datagrams.ts";

const abstract = () => `@knockd-test-${crypto.randomUUID()}`;

Deno.test("a datagram arrives at an abstract socket, and at one with a path", async () => {
  const directory = await Deno.makeTempDir({ prefix: "knockd-notify-" });
  try {
    for (const name of [abstract(), `${directory}/notify`, `${directory}/söcket`]) {
      using receiver = new Datagrams(name);
      using socket = NotifySocket.open(name)!;
      assert.ok(socket.send("READY=1\nSTATUS=hört"));
      assert.ok(socket.send("STOPPING=1"));
      assert.equal(await receiver.next(), "READY=1\nSTATUS=hört");
      assert.equal(await receiver.next(), "STOPPING=1");
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("sending to nobody fails and harms nobody", () => {
  const name = abstract();
  using socket = NotifySocket.open(name)!;
  assert.equal(socket.send("READY=1"), false);
  {
    using _receiver = new Datagrams(name);
    assert.equal(socket.send("READY=1"), true);
  }
  assert.equal(socket.send("READY=1"), false);
});

Deno.test("a receiver that receives nothing holds nobody up", () => {
  const name = abstract();
  using _receiver = new Datagrams(name);
  using socket = NotifySocket.open(name)!;
  let sent = 0;
  while (sent < 10_000 && socket.send("WATCHDOG=1")) sent++;
  assert.ok(sent > 0 && sent < 10_000);
});

Deno.test("a socket that is closed sends nothing, and closes once", () => {
  const name = abstract();
  using _receiver = new Datagrams(name);
  const socket = NotifySocket.open(name)!;
  socket[Symbol.dispose]();
  assert.equal(socket.send("READY=1"), false);
  socket[Symbol.dispose]();
});

for (
  const [name, why] of [
    ["", "nothing"],
    ["@", "an abstract name without a name"],
    ["/", "no more than the root"],
    ["notify", "a relative path"],
    ["vsock:2:1234", "another kind of address"],
    ["/a\0b", "a zero byte"],
    [`/${"a".repeat(200)}`, "a path too long for sun_path"],
  ] as const
) {
  Deno.test(`there is no socket to notify at ${why}`, () => {
    assert.equal(NotifySocket.open(name), undefined);
  });
}

Deno.test("the monotonic clock is the machine's, not this process's", () => {
  const [before, uptime, after] = [
    monotonicMicroseconds(),
    BigInt(Math.round(Deno.osUptime())) * 1_000_000n,
    monotonicMicroseconds(),
  ];
  assert.ok(before <= after);
  // Uptime counts whole seconds, and time that the machine slept.
  assert.ok(before <= uptime + 2_000_000n, `${before} ${uptime}`);
  assert.ok(before > BigInt(Math.round(performance.now() * 1000)));
});
