import assert from "node:assert/strict";
import type { Doorman } from "../../../lib/server/knocks/doorman.ts";
import { OnDuty } from "../../../lib/server/knocks/on_duty.ts";

const PACKET = [1, new Uint8Array(60), 0, 60, 1_700_000_000_000] as const;

Deno.test("a packet goes to the doorman who is on duty when it comes", () => {
  const taken: string[] = [];
  const called = (name: string): Pick<Doorman, "packet"> => ({
    packet: () => void taken.push(name),
  });
  const onDuty = new OnDuty(called("before") as Doorman, { met: () => assert.fail() });
  onDuty.packet(...PACKET);
  onDuty.doorman = called("after") as Doorman;
  onDuty.packet(...PACKET);
  assert.deepEqual(taken, ["before", "after"]);
});

Deno.test("a packet that makes trouble keeps none of those after it from being heard", () => {
  const met: unknown[] = [];
  const trouble = new Error("out of descriptors");
  let heard = 0;
  const packet = () => {
    if (++heard === 1) throw trouble;
  };
  const onDuty = new OnDuty({ packet } as unknown as Doorman, {
    met: (error) => met.push(error),
  });
  onDuty.packet(...PACKET);
  onDuty.packet(...PACKET);
  assert.deepEqual([met, heard], [[trouble], 2]);
});
