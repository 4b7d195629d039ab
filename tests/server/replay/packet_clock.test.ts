import assert from "node:assert/strict";
import { PacketClock } from "../../../lib/server/replay/packet_clock.ts";

Deno.test("what is due by a packet has run before it, in its order", () => {
  const clock = new PacketClock();
  const ran: string[] = [];
  clock.advance(1000);
  clock.schedule(300, () => ran.push(`c ${clock.now()}`));
  clock.schedule(100, () => {
    ran.push(`a ${clock.now()}`);
    clock.schedule(50, () => ran.push(`b ${clock.now()}`));
  });
  const cancel = clock.schedule(10, () => ran.push("cancelled"));
  cancel();
  clock.advance(1200);
  assert.deepEqual(ran, ["a 1100", "b 1150"]);
  clock.advance(1100);
  assert.deepEqual([clock.now(), clock.monotonic()], [1100, 1200]);
  clock.finish(1000);
  assert.deepEqual(ran, ["a 1100", "b 1150", "c 1300"]);
});

Deno.test("what is done again and again is done once where time leaps by more than a day", () => {
  const clock = new PacketClock();
  const ran: number[] = [];
  const again = () => {
    ran.push(clock.now());
    clock.schedule(30_000, again);
  };
  clock.schedule(30_000, again);
  const first = 1_700_000_000_000;
  clock.advance(first);
  clock.advance(first + 60_000);
  assert.deepEqual(ran, [first, first + 30_000, first + 60_000]);
});
