import assert from "node:assert/strict";
import { Failure } from "../../lib/core/failure.ts";
import {
  counterAt,
  derivationKey,
  deriveSequence,
} from "../../lib/core/one_time/derive.ts";
import { formatSecret } from "../../lib/core/one_time/secret_text.ts";
import { Secret } from "../../lib/core/secret.ts";
import { Journal } from "../../lib/server/journal/journal.ts";
import { OTP } from "../core/doors.ts";
import { failing } from "./machine_faults.ts";
import { MemoryWorld } from "./memory_world.ts";

const ALICE = "10.0.0.7";
const secret = new Secret(new Uint8Array(32).fill(1));

function rotating(name: string, mode: "totp" | "hotp" = "totp"): string {
  return `[doors.${name}]
start_command = ["open", "${name}", "%IP%"]
[doors.${name}.otp]
mode = "${mode}"
[doors.${name}.clients.alice]
secret = "${formatSecret(secret)}"
`;
}

const SSH = rotating("ssh");

/** Knocks at the door ssh with a step relative to the present one. */
async function knock(world: MemoryWorld, offset = 0): Promise<string[]> {
  const counter = counterAt(world.system.now() / 1000, 30) + offset;
  const sequence = deriveSequence(OTP, counter, derivationKey(secret, "ssh"));
  await world.knock(ALICE, ...sequence.map(({ port }) => port));
  return world.commands();
}

Deno.test("a daemon whose journal is new takes no step up to the present one", async () => {
  await using world = await MemoryWorld.start(SSH + rotating("count", "hotp"));
  const lines = world.log.lines.filter((line) => line.includes("new journal"));
  assert.match(
    lines[0]!,
    /ssh: new journal: one-time knocks count from \d\d:\d\d:30, in 30 s/,
  );
  assert.match(lines[1]!, /count: new journal: old sequences of alice may be good again/);
  assert.equal(lines.length, 2);
  for (const offset of [-1, 0]) assert.deepEqual(await knock(world, offset), []);
  const refused = world.log.lines.filter((line) => line.includes("refused (alice)"));
  assert.equal(refused.length, 2);
  for (const line of refused) {
    assert.match(
      line,
      /the journal is new: one-time knocks count from \d\d:\d\d:30, in 30 s/,
    );
  }
  assert.deepEqual(world.daemon.status().newJournal?.map(({ door }) => door), ["ssh"]);
  assert.deepEqual(await knock(world, 1), [`open ssh ${ALICE}`]);
  await world.system.advance(30_000);
  assert.equal(world.daemon.status().newJournal, undefined);
});

Deno.test("a client whose clock is behind is told so while the journal is new, too", async () => {
  await using world = await MemoryWorld.start(SSH);
  assert.deepEqual(await knock(world, -3), []);
  assert.match(
    world.log.lines.find((line) => line.includes("refused (alice)"))!,
    /alice's clock is about \d+ s behind; the door allows 30/,
  );
});

Deno.test("what a full disk keeps from being spent in a new journal is spent at the next reload", async () => {
  await using world = await MemoryWorld.start(
    '[doors.plain]\nsequence = "1,2,3"\ncommand = "x"\n',
  );
  world.text = SSH;
  {
    using _full = failing(Journal.prototype, "settlePast", () => new Failure("full"));
    await assert.rejects(world.daemon.reload(), /full/);
  }
  await world.daemon.reload();
  assert.deepEqual(await knock(world), []);
  assert.deepEqual(await knock(world, 1), [`open ssh ${ALICE}`]);
});

Deno.test("resync says that it is no help where the journal was new while the clock was ahead", async () => {
  await using world = await MemoryWorld.start(SSH);
  const ahead = world.system.now();
  await knock(world, 2);
  world.system.setWallClock(ahead - 86_400_000);
  await world.system.advance(1);
  const who = { door: "ssh", client: "alice" };
  assert.throws(
    () => world.daemon.resync(who),
    /every step of alice until \S+ counts as/,
  );
  assert.deepEqual(await knock(world, 1), []);
});

Deno.test("a client whose spent step lies in the future gets in again after resync", async () => {
  await using world = await MemoryWorld.start(SSH);
  const right = world.system.now();
  world.system.setWallClock(Date.UTC(2050, 0, 1, 12));
  await world.system.advance(1);
  assert.deepEqual(await knock(world), [`open ssh ${ALICE}`]);
  world.system.setWallClock(right + 60_000);
  await world.system.advance(1);
  assert.deepEqual(await knock(world), []);
  const refused = world.log.lines.find((line) => line.includes("refused (alice)"));
  assert.match(
    refused!,
    /lies in the future, at 2050-01-01 12:00 UTC: .*knockd resync ssh alice$/,
  );

  const who = { door: "ssh", client: "alice" };
  assert.equal(world.daemon.resync(who), Date.UTC(2050, 0, 1, 12));
  assert.equal(world.daemon.resync(who), undefined);
  assert.deepEqual(await knock(world, 1), [`open ssh ${ALICE}`]);
  assert.throws(() => world.daemon.resync({ ...who, door: "web" }), /no door web/);
  assert.throws(() => world.daemon.resync({ ...who, client: "bob" }), /no client bob/);

  world.system.setWallClock(Date.UTC(2050, 0, 1, 12));
  await world.system.advance(1);
  assert.deepEqual(await knock(world), [], "what was captured of the future");
  assert.deepEqual(await knock(world, 1), [`open ssh ${ALICE}`]);
});
