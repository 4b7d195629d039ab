/**
 * Doors, leases and a real journal around a world in memory, which can be killed and
 * started again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseAddress } from "../../../lib/core/address.ts";
import type { Door, Opening } from "../../../lib/core/door.ts";
import { Journal, type JournalPoint } from "../../../lib/server/journal/journal.ts";
import { spendingOf } from "../../../lib/server/journal/spending.ts";
import type { Elements } from "../../../lib/server/leases/elements.ts";
import type { Answer } from "../../../lib/server/leases/answer.ts";
import { Leases } from "../../../lib/server/leases/leases.ts";
import { CommandReport } from "../../../lib/server/log/command_report.ts";
import { Report } from "../../../lib/server/log/report.ts";
import { Runner } from "../../../lib/server/commands/runner.ts";
import { Tally } from "../../../lib/server/log/tally.ts";
import { door } from "../../core/doors.ts";
import { type FakeProcess, FakeSystem, settle } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";
import { memoryDirectory } from "../state_directory.ts";

export const ALICE = "10.0.0.1";
export const BOB = "10.0.0.2";

/** A door whose commands are `open IP` and `close IP`, without a shell. */
export function closingDoor(name = "ssh", parts: Partial<Door> = {}): Door {
  return door(name, "7000", {
    start: { ipv4: [`open-${name}`, "%IP%"], ipv6: [`open-${name}`, "%IP%"] },
    stop: { ipv4: [`close-${name}`, "%IP%"], ipv6: [`close-${name}`, "%IP%"] },
    ...parts,
  });
}

/** A knock of an address on a door. */
export function knock(door: Door, ip = ALICE, parts: Partial<Opening> = {}): Opening {
  return { door, address: parseAddress(ip)!, port: 7000, ...parts };
}

/** What is different of the doors of knockd.conf. */
export const CLASSIC = { again: "run", failedStart: "log", commandTimeout: 0 } as const;

/** How a world is made. */
export interface WorldOptions {
  /** Nothing that is promised outlives the daemon. */
  readonly inMemory?: true;
  readonly elements?: Elements;
  readonly concurrency?: number;
  readonly onPoint?: (point: JournalPoint) => void;
}

/** A daemon's leases, and what is around them. */
export class LeasesWorld {
  system = new FakeSystem();
  readonly log = memoryLog();
  bootId = "first";
  readonly directory: string;
  readonly #options: WorldOptions;
  journal!: Journal;
  tally!: Tally;
  runner!: Runner;
  leases!: Leases;

  /** Called when the daemon starts, before it takes over what it finds. */
  onStart = (_world: LeasesWorld) => {};

  private constructor(dir: string, options: WorldOptions) {
    this.directory = dir;
    this.#options = options;
  }

  /** Runs a test with a world. */
  static async run(
    test: (world: LeasesWorld) => Promise<void> | void,
    options: WorldOptions = {},
  ): Promise<void> {
    const parent = await memoryDirectory();
    const world = new LeasesWorld(`${parent}/state`, options);
    try {
      await world.start();
      await test(world);
    } finally {
      world.journal[Symbol.dispose]();
      await Deno.remove(parent, { recursive: true });
    }
  }

  /** The daemon starts. */
  async start(): Promise<void> {
    const { concurrency, onPoint } = this.#options;
    const { system, log: { logger } } = this;
    this.journal = await Journal.open(this.directory, onPoint ? { onPoint } : {});
    const limit = concurrency === undefined
      ? {}
      : { starts: { all: concurrency, eachDoor: concurrency } };
    const commands = new CommandReport(logger);
    this.runner = new Runner({ system, report: commands, env: {}, ...limit });
    this.tally = new Tally(() => system.now());
    const report = new Report(logger, this.tally);
    const { runner, bootId } = this;
    const { elements } = this.#options;
    const journal = this.#options.inMemory ? await Journal.inMemory() : this.journal;
    const options = { system, runner, journal, report, bootId };
    this.leases = new Leases({ ...options, ...(elements && { elements }) });
    this.onStart(this);
    this.leases.restore();
    await settle();
  }

  /** The daemon is killed. */
  kill(): void {
    this.journal[Symbol.dispose]();
    const wall = this.system.now();
    this.system = new FakeSystem();
    this.system.setWallClock(wall);
    this.log.lines.length = 0;
  }

  /** The daemon is killed; the next one starts so much later, or at that time. */
  async restart(after = 0, wallClock = this.system.now() + after): Promise<void> {
    this.kill();
    this.system.setWallClock(wallClock);
    await this.start();
  }

  /** Commands that were started since the last start, as `open-ssh 10.0.0.1`. */
  get commands(): string[] {
    return this.system.processes.map(({ argv }) => argv.join(" "));
  }

  /** The latest command. */
  get command(): FakeProcess {
    return this.system.processes.at(-1)!;
  }

  /** Ends the latest command. */
  async ends(code = 0): Promise<void> {
    this.command.end(code);
    await this.system.advance(0);
  }

  /** Opens a door for one who knocked. */
  open(opening: Opening): Answer {
    return this.leases.openAll([opening])[0]!;
  }

  /** Whether what an opening uses up is used up. */
  isSpent(opening: Opening): boolean {
    const { series, counter } = spendingOf(opening)!;
    return this.journal.isSpent(series, counter);
  }

  /** Opens a door whose start command succeeds. */
  async opened(door: Door, ip = ALICE): Promise<void> {
    this.open(knock(door, ip));
    await this.ends();
  }

  /** A door whose start command runs for each knock opens twice, and closes twice in time. */
  async opensAndClosesTwice(): Promise<void> {
    const running = closingDoor("ssh", { again: "run" });
    await this.opened(running);
    await this.opened(running);
    await this.system.advance(10_000);
    await this.ends();
    await this.ends();
    const [open, close] = [`open-ssh ${ALICE}`, `close-ssh ${ALICE}`];
    assert.deepEqual(this.commands, [open, open, close, close]);
    assert.deepEqual(this.leases.list(), []);
  }

  /** The leases in the journal: `ssh 10.0.0.1 open`. */
  get journalled(): string[] {
    return this.journal.leases().leases.map(({ door, address, stage, attempts }) =>
      `${door} ${address} ${stage}` + (attempts === 0 ? "" : ` ${attempts}`)
    );
  }

  /** Log lines that contain this text. */
  lines(text: string): string[] {
    return this.log.lines.filter((line) => line.includes(text));
  }
}
