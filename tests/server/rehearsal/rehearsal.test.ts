import assert from "node:assert/strict";
import type { Door } from "../../../lib/core/door.ts";
import { Secret } from "../../../lib/core/secret.ts";
import { Faults } from "../../../lib/server/faults.ts";
import { rehearse } from "../../../lib/server/rehearsal/rehearsal.ts";
import { door, OTP } from "../../core/doors.ts";
import { FakeSystem } from "../fake_system.ts";

const CLASSIC = door("ssh", "7000,8000:udp,9000", {
  start: { ipv4: "open %IP%" },
  stop: { ipv4: "close %IP%" },
  maxOpen: 1,
  cooldown: 60,
});
const ROTATING = door("vpn", "1", {
  key: {
    kind: "otp",
    otp: { ...OTP, protocol: "mixed", bindSource: true, packet: 62_201 },
    clients: [{ name: "alice", secret: new Secret(new Uint8Array(20)) }],
  },
});
const FILE = door("once", "1", { key: { kind: "file", path: "/sequences" } });

async function opened(...doors: readonly Door[]): Promise<number> {
  const system = new FakeSystem();
  const faults = new Faults(system, assert.fail);
  const count = await rehearse(doors, { system, faults }, () => system.advance(5));
  assert.equal(system.timers, 0);
  assert.deepEqual(system.processes, []);
  return count;
}

Deno.test("a rehearsal opens doors of each kind, runs nothing and leaves nothing to be done", async () => {
  assert.equal(await opened(CLASSIC), 60);
  assert.equal(await opened(FILE, ROTATING), 60);
  assert.equal(await opened(CLASSIC, FILE, ROTATING, CLASSIC), 120);
});

Deno.test("where no sequence is known before there is no rehearsal", async () => {
  assert.equal(await opened(FILE), 0);
  assert.equal(await opened(), 0);
});
