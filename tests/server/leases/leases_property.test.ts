import assert from "node:assert/strict";
import fc from "fast-check";
import { type FakeProcess, settle } from "../fake_system.ts";
import { ALICE, BOB, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const CMD_TIMEOUT = 10_000;
const DAY = 86_400_000;
const DOORS = [closingDoor("ssh"), closingDoor("web"), closingDoor("kept")];

/**
 * What a command is found to have done when it ends: it works; it fails having done
 * nothing; it fails although it has done it.
 */
type Result = "works" | "fails" | "seems to fail";

const which = fc.nat(2);
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ knock: which, ip: fc.constantFrom(ALICE, BOB) }) },
  { weight: 4, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 12_000 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      command: fc.nat(3),
      result: fc.constantFrom<Result>("works", "works", "fails", "seems to fail"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ clock: fc.integer({ min: -DAY, max: DAY }) }) },
  { weight: 1, arbitrary: fc.record({ without: which }) },
  { weight: 1, arbitrary: fc.record({ stopped: fc.integer({ min: 0, max: 20_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      /** Whether each command that runs still has its effect before it is killed. */
      effects: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      dead: fc.integer({ min: 0, max: 20_000 }),
      clockWhileDead: fc.constantFrom(0, 0, DAY, -DAY),
    }),
  },
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** Stop commands that fail in a run: fewer than make a doubtful lease be given up. */
const FAILURES = 6;

/** Rules as iptables has them: the same one may be there twice. */
class Firewall {
  readonly rules = new Map<string, number>();
  /** Whether a stop command worked and seemed to fail: it is tried again for ever. */
  misled = false;
  readonly #done = new Set<FakeProcess>();
  #failures = 0;

  running({ system }: LeasesWorld): FakeProcess[] {
    return system.processes.filter((process) => !this.#done.has(process));
  }

  /** A command takes effect; whether it could. */
  take({ argv: [command = "", ip] }: FakeProcess): boolean {
    const [verb, door] = command.split("-");
    const key = `${door} ${ip}`;
    const count = this.rules.get(key) ?? 0;
    if (verb === "close" && count === 0) return false;
    this.rules.set(key, verb === "close" ? count - 1 : count + 1);
    return true;
  }

  /** A command ends. */
  end(process: FakeProcess, wanted: Result): void {
    this.#done.add(process);
    const isStop = process.argv[0]!.startsWith("close");
    const mayFail = !isStop || ++this.#failures <= FAILURES;
    const result = mayFail ? wanted : "works";
    const worked = result !== "fails" && this.take(process);
    const saysSo = result === "works" && process.signals.length === 0;
    this.misled ||= isStop && worked && !saysSo;
    process.end(worked && result === "works" ? 0 : 1);
  }

  get open(): string[] {
    return [...this.rules].filter(([, count]) => count > 0).map(([key]) => key);
  }
}

/** A door that is open has a lease, which is over when its time is. */
function check(
  world: LeasesWorld,
  firewall: Firewall,
  knocks: Map<string, number>,
): void {
  const leases = world.leases.list();
  for (const { left } of leases) assert.ok(left <= CMD_TIMEOUT, `${left} ms are left`);
  for (const key of firewall.open) {
    const own = leases.filter(({ door, ip }) => key === `${door} ${ip}`);
    assert.ok(own.length > 0, `${key} is open and forgotten`);
    const since = world.system.monotonic() - (knocks.get(key) ?? 0);
    if (since > CMD_TIMEOUT) {
      assert.ok(own.every(({ isOver }) => isOver), `${key} is open for ${since} ms`);
    }
  }
}

async function happen(
  event: Event,
  world: LeasesWorld,
  firewall: Firewall,
  knocks: Map<string, number>,
  config: { without: number },
): Promise<void> {
  const restart = async (after: number) => {
    await world.restart(after);
    for (const key of knocks.keys()) knocks.set(key, world.system.monotonic());
  };
  if ("knock" in event) {
    const door = DOORS[event.knock]!;
    if (event.knock === config.without) return;
    knocks.set(`${door.name} ${event.ip}`, world.system.monotonic());
    world.leases.open(knock(door, event.ip));
  } else if ("pass" in event) {
    await world.system.advance(event.pass);
  } else if ("command" in event) {
    const process = firewall.running(world)[event.command];
    if (process !== undefined) firewall.end(process, event.result);
  } else if ("clock" in event) {
    world.system.setWallClock(world.system.now() + event.clock);
  } else if ("without" in event) {
    config.without = event.without;
    const gone = DOORS[event.without]!.name;
    void world.leases.close(({ door }) => door === gone, "no longer in the config");
  } else if ("stopped" in event) {
    let ended = false;
    const end = world.leases.end(({ door }) => door === "kept");
    end.then(() => world.runner.drain()).then(() => void (ended = true));
    while (!ended) {
      await world.system.advance(100);
      for (const process of firewall.running(world)) firewall.end(process, "works");
    }
    await restart(event.stopped);
  } else {
    for (const [index, process] of firewall.running(world).entries()) {
      if (event.effects[index]) firewall.take(process);
    }
    await restart(event.dead + event.clockWhileDead);
  }
  await settle();
}

Deno.test("whatever happens, an open door has a lease, and closes once all goes well again", async () => {
  const events = fc.array(event, { minLength: 5, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(events, (events) =>
      LeasesWorld.run(async (world) => {
        const firewall = new Firewall();
        const knocks = new Map<string, number>();
        const config = { without: -1 };
        for (const event of events) {
          await happen(event, world, firewall, knocks, config);
          check(world, firewall, knocks);
        }
        for (let round = 0; world.leases.list().length > 0; round++) {
          if (firewall.misled && round > 20 && firewall.open.length === 0) return;
          assert.ok(round < 100, `still open: ${firewall.open}`);
          for (const process of firewall.running(world)) firewall.end(process, "works");
          await world.system.advance(5000 * round);
        }
        assert.deepEqual(firewall.open, []);
        assert.deepEqual(world.journalled, []);
        assert.equal(world.system.timers, 0);
      }, { concurrency: 3 })),
    { numRuns: 60 },
  );
});
