import assert from "node:assert/strict";
import fc from "fast-check";
import type { Door } from "../../../lib/core/door.ts";
import { FakeSystem, settle } from "../fake_system.ts";
import { FirewallInMemory, type Result } from "./firewall_in_memory.ts";
import { disk } from "./full_disk.ts";
import { ALICE, BOB, CLASSIC, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const CMD_TIMEOUT = 10_000;
const DAY = 86_400_000;
const { stop: _, ...away } = closingDoor("away");
const { start: __, stop: ___, ...leave } = closingDoor("leave");

/** A door of each kind that the table of events tells apart. */
const DOORS: readonly Door[] = [
  closingDoor("ssh"),
  closingDoor("run", { again: "run" }),
  closingDoor("classic", CLASSIC),
  closingDoor("kept"),
  closingDoor("few", { maxOpen: 1 }),
  closingDoor("cool", { again: "run", cooldown: 4 }),
  away,
  { ...leave, closes: ["ssh", "run"] },
];

const which = fc.nat(DOORS.length - 1);
/** Mostly one knocker, so that knocks meet open doors; doors that run again above all. */
const knocking = fc.record({
  knock: fc.oneof(which, fc.constantFrom(1, 1, 2)),
  ip: fc.constantFrom(ALICE, ALICE, ALICE, BOB),
});
const event = fc.oneof(
  { weight: 9, arbitrary: knocking },
  { weight: 5, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 12_000 }) }) },
  {
    weight: 9,
    arbitrary: fc.record({
      command: fc.nat(3),
      result: fc.constantFrom<Result>("works", "works", "fails", "seems to fail"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ clock: fc.integer({ min: -DAY, max: DAY }) }) },
  { weight: 1, arbitrary: fc.record({ without: which, change: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ closeAll: fc.constantFrom(ALICE, BOB) }) },
  { weight: 1, arbitrary: fc.record({ diskFull: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ stopped: fc.integer({ min: 0, max: 20_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      /** Whether each command that runs still has its effect before it is killed. */
      effects: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      dead: fc.integer({ min: 0, max: 20_000 }),
      clockWhileDead: fc.constantFrom(0, 0, DAY, -DAY),
      reboot: fc.constantFrom(false, false, true),
    }),
  },
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** A daemon to which all this happens. */
class Life {
  readonly firewall = new FirewallInMemory();
  readonly #world: LeasesWorld;
  readonly #full: { now: boolean };
  /** When each door was last knocked on, or opened, for each address. */
  readonly #knocks = new Map<string, number>();
  #doors: readonly Door[] = DOORS;

  constructor(world: LeasesWorld, full: { now: boolean }) {
    this.#world = world;
    this.#full = full;
    world.onStart = () => this.#watchCommands();
    this.#watchCommands();
  }

  async happen(event: Event): Promise<void> {
    const { system, leases } = this.#world;
    if ("knock" in event) this.#knock(event.knock, event.ip);
    else if ("pass" in event) await system.advance(event.pass);
    else if ("command" in event) this.#command(event.command, event.result);
    else if ("clock" in event) system.setWallClock(system.now() + event.clock);
    else if ("without" in event) this.#reload(event.without, event.change);
    else if ("closeAll" in event) {
      void leases.close(({ ip }) => ip === event.closeAll, "closed by the administrator");
    } else if ("diskFull" in event) this.#full.now = event.diskFull;
    else if ("stopped" in event) await this.#stop(event.stopped);
    else await this.#die(event);
    await settle();
    this.firewall.follow(this.#world);
  }

  /** A door that is open has a lease, which is over when its time is. */
  check(): void {
    const { leases, system } = this.#world;
    const list = leases.list();
    for (const { left } of list) assert.ok(left <= CMD_TIMEOUT, `${left} ms are left`);
    for (const key of this.firewall.open) {
      const own = list.filter(({ door, ip }) => key === `${door} ${ip}`);
      assert.ok(own.length > 0, `${key} is open and forgotten\n${this.#story()}`);
      const since = system.monotonic() - (this.#knocks.get(key) ?? 0);
      // A knock that waited for the start command counts from when that ended.
      const over = since <= 2 * CMD_TIMEOUT || own.every(({ isOver }) => isOver);
      assert.ok(over, `${key} is open for ${since} ms`);
    }
  }

  /** All goes well again: every lease ends but those with nothing to close, for ever. */
  async endWell(): Promise<void> {
    const { leases, system } = this.#world;
    this.#full.now = false;
    const hopeless = () =>
      leases.list().every(({ door, ip, failures }) =>
        failures > 3 && this.firewall.count(door, ip) === 0
      );
    for (let round = 0; !hopeless(); round++) {
      assert.ok(round < 150, `still open: ${this.firewall.open}\n${this.#story()}`);
      const running = this.firewall.running(this.#world);
      for (const process of running) this.firewall.end(process, "works");
      await system.advance(5000 * (round % 40));
      this.firewall.follow(this.#world);
    }
    assert.deepEqual(this.firewall.open, []);
    if (leases.list().length > 0) return;
    await this.#endCommands();
    await system.advance(60_000);
    assert.deepEqual(this.#world.journalled, []);
    assert.equal(system.timers, 0);
  }

  /** Those that run, and those that waited for them. */
  async #endCommands(): Promise<void> {
    const { system } = this.#world;
    for (;;) {
      const running = this.firewall.running(this.#world);
      if (running.length === 0) return;
      for (const process of running) this.firewall.end(process, "works");
      await system.advance(0);
    }
  }

  #knock(which: number, ip: string): void {
    const door = this.#doors.find(({ name }) => name === DOORS[which]!.name);
    if (door === undefined) return;
    this.#knocks.set(`${door.name} ${ip}`, this.#world.system.monotonic());
    this.#world.open(knock(door, ip));
  }

  #command(which: number, result: Result): void {
    const process = this.firewall.running(this.#world)[which];
    if (process !== undefined) this.firewall.end(process, result);
  }

  /** A door goes, or its stop command gets other words for the same. */
  #reload(which: number, change: boolean): void {
    const changed = DOORS.map((door, index) =>
      index === which && door.stop !== undefined
        ? { ...door, stop: { ipv4: [`close-${door.name}`, "%IP%", "again"] } }
        : door
    );
    this.#doors = change ? changed : DOORS.filter((_, index) => index !== which);
    this.#world.leases.reload(this.#doors);
  }

  async #stop(after: number): Promise<void> {
    const { leases, runner, system } = this.#world;
    let ended = false;
    const end = leases.end(({ door }) => door === "kept");
    void end.then(() => runner.drain()).then(() => void (ended = true));
    while (!ended) {
      await system.advance(100);
      const running = this.firewall.running(this.#world);
      for (const process of running) this.firewall.end(process, "works");
    }
    this.firewall.follow(this.#world);
    await this.#restart(after);
  }

  async #die(event: Extract<Event, { dead: number }>): Promise<void> {
    for (const [index, process] of this.firewall.running(this.#world).entries()) {
      if (event.effects[index]) this.firewall.take(process);
    }
    if (event.reboot) {
      this.firewall.clear();
      this.#world.bootId += "'";
    }
    await this.#restart(event.dead + event.clockWhileDead);
  }

  async #restart(after: number): Promise<void> {
    await this.#world.restart(after);
    for (const key of this.#knocks.keys()) {
      this.#knocks.set(key, this.#world.system.monotonic());
    }
  }

  /** No start command runs that the journal does not promise to undo. */
  #watchCommands(): void {
    const { system } = this.#world;
    system.spawn = (argv, env, mark) => {
      const [command = "", ip = ""] = argv;
      if (command.startsWith("open-") && command !== "open-away") {
        const door = command.slice("open-".length);
        this.#checkPromise(door, ip);
        // A knock that waited counts from when it opens.
        this.#knocks.set(`${door} ${ip}`, system.monotonic());
      }
      return FakeSystem.prototype.spawn.call(system, argv, env, mark);
    };
  }

  #checkPromise(door: string, ip: string): void {
    const { leases } = this.#world.journal.leases();
    const rows = leases.filter((row) => row.door === door && row.address === ip);
    const last = rows.at(-1);
    assert.ok(last, `${door} ${ip} opens, and nothing promises to close it`);
    assert.ok(last.stage !== "closing", `${door} ${ip} opens while it is being closed`);
    if (this.firewall.isGivenUp(door, ip)) return;
    const promised = rows.reduce((sum, { starts = 1 }) => sum + starts, 0);
    const open = this.firewall.count(door, ip);
    assert.ok(
      open < promised,
      `${door} ${ip} is open ${open} times, promised ${promised}`,
    );
  }

  #story(): string {
    return this.#world.log.lines.join("\n");
  }
}

Deno.test("whatever happens, an open door has a lease, and closes once all goes well again", async () => {
  const events = fc.array(event, { minLength: 25, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(events, async (events) => {
      const { full, onPoint } = disk();
      await LeasesWorld.run(async (world) => {
        const life = new Life(world, full);
        for (const event of events) {
          await life.happen(event);
          life.check();
        }
        await life.endWell();
      }, { concurrency: 3, onPoint });
    }),
    { numRuns: 60 },
  );
});
