import assert from "node:assert/strict";
import { PacketClock } from "../../../lib/server/replay/packet_clock.ts";

Deno.test("what is due by a packet has run before it, in its order", () => {
  const clock = new PacketClock(86_400_000);
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

Deno.test("what is done again and again is done once where nothing came for long", () => {
  const clock = new PacketClock(60_000);
  const ran: number[] = [];
  const again = () => {
    ran.push(clock.now());
    clock.schedule(30_000, again);
  };
  clock.schedule(30_000, again);
  const first = 1_700_000_000_000;
  clock.advance(first);
  clock.advance(first + 60_000);
  assert.deepEqual(ran.splice(0), [first, first + 30_000, first + 60_000]);
  const second = first + 3_600_000;
  clock.advance(second);
  clock.advance(second + 1000);
  assert.deepEqual(ran, [first + 90_000, first + 120_000, second]);
});
