import assert from "node:assert/strict";
import { parseAddress } from "../../lib/core/address.ts";
import { Failure, UsageError } from "../../lib/core/failure.ts";
import { packetKey, packetPayload } from "../../lib/core/one_time/packet.ts";
import { formatKnock } from "../../lib/core/sequence.ts";
import { nextCounter } from "../../lib/client/counters.ts";
import { type Form, formOf, shotsOf } from "../../lib/client/forms.ts";
import { knock } from "../../lib/client/knock.ts";
import { OneTimeTries } from "../../lib/client/one_time.ts";
import { addProfile } from "../../lib/client/profiles.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { FakeSystem } from "./fake_system.ts";

const START = 1_800_000_000_000;
const STEP = START / 1000 / 30;
const plain = anEnrolment();
const packets = anEnrolment({ otp: { ...plain.otp, packet: 62_201 } });
const bound = anEnrolment({ otp: { ...packets.otp, bindSource: true } });

Deno.test("packets come first where the door takes them, and every other try is a sequence", () => {
  const forms = [0, 1, 2, 3].map((tries) => formOf(packets, tries));
  assert.deepEqual(forms, ["packet", "sequence", "packet", "sequence"]);
  assert.deepEqual([0, 1].map((tries) => formOf(plain, tries)), ["sequence", "sequence"]);
  for (const form of ["packet", "sequence"] as const) {
    assert.deepEqual([0, 1].map((tries) => formOf(packets, tries, form)), [form, form]);
  }
  assert.throws(() => formOf(plain, 0, "packet"), UsageError);
});

Deno.test("a packet is bound to its source where the door asks for that", () => {
  const source = parseAddress("203.0.113.7")!;
  const key = packetKey(packets.secret, packets.label);
  const payload = (enrolment: typeof plain) =>
    shotsOf(enrolment, "packet", 7, source)[0]!.payload;
  assert.deepEqual(payload(packets), packetPayload(key, 7));
  assert.deepEqual(payload(bound), packetPayload(key, 7, source));
  assert.throws(() => shotsOf(bound, "packet", 7), TypeError);
});

Deno.test("a retry takes the other form with the next counter", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "knockd-forms-" });
  try {
    const profile = addProfile(dir, packets);
    const system = new FakeSystem(START);
    const tries = new OneTimeTries(system, { dir, profile });
    const first = (await system.run(tries.next())).sequence;
    const second = (await system.run(tries.next())).sequence;
    assert.deepEqual(first, shotsOf(packets, "packet", STEP));
    assert.deepEqual(first.map(formatKnock), ["62201:udp"]);
    assert.deepEqual(second, shotsOf(packets, "sequence", STEP + 1));
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

Deno.test("a packet that may not leave is a sequence of the same counter, unless it was asked for", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "knockd-forms-" });
  const target = parseAddress("192.0.2.1")!;
  const forbidden = new Failure("can't send");
  const knockFrom = async (system: FakeSystem, form?: Form) => {
    const tries = new OneTimeTries(system, { dir, profile, ...(form ? { form } : {}) });
    const said: Error[] = [];
    await system.run(knock(system, {
      target,
      next: () => tries.next(),
      delay: 0,
      retries: 0,
      onOtherwise: (error) => said.push(error),
    }));
    return said;
  };
  const withoutPackets = () => {
    const system = new FakeSystem(START);
    const { hit } = system;
    system.hit = (target, shot) =>
      "payload" in shot ? Promise.reject(forbidden) : hit.call(system, target, shot);
    return system;
  };
  const profile = addProfile(dir, packets);
  try {
    // Nobody has seen it, and its counter is good for the next knock.
    await assert.rejects(knockFrom(withoutPackets(), "packet"), forbidden);
    const offline = withoutPackets();
    offline.hit = () => Promise.reject(forbidden);
    await assert.rejects(knockFrom(offline), forbidden);
    const system = withoutPackets();
    assert.deepEqual(await knockFrom(system), [forbidden]);
    const sequence = shotsOf(packets, "sequence", STEP).map(formatKnock);
    assert.deepEqual(system.events, sequence.map((port) => `0 hit ${port}`));
    assert.equal(nextCounter(dir, profile, START / 1000).counter, STEP + 1);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
