/**
 * A daemon's doors and journal around a world in memory, and the packets of its clients.
 *
 * @module
 */
import { parseAddress } from "../../../../lib/core/address.ts";
import type {
  Client,
  Door,
  Knock,
  OtpSettings,
  Sequence,
} from "../../../../lib/core/door.ts";
import { LinkType } from "../../../../lib/core/packet/parse.ts";
import {
  counterAt,
  derivationKey,
  deriveSequence,
} from "../../../../lib/core/one_time/derive.ts";
import { Secret } from "../../../../lib/core/secret.ts";
import { Doorman } from "../../../../lib/server/knocks/doorman.ts";
import { Journal, type JournalOptions } from "../../../../lib/server/journal/journal.ts";
import { seriesOf } from "../../../../lib/server/journal/series.ts";
import { Leases } from "../../../../lib/server/leases/leases.ts";
import { CommandReport } from "../../../../lib/server/log/command_report.ts";
import { Report } from "../../../../lib/server/log/report.ts";
import { Runner } from "../../../../lib/server/commands/runner.ts";
import { Tally } from "../../../../lib/server/log/tally.ts";
import { door, OTP } from "../../../core/doors.ts";
import { frame } from "../../../core/frames.ts";
import { tcp, udp } from "../../../core/packets.ts";
import { FakeSystem } from "../../fake_system.ts";
import { type MemoryLog, memoryLog } from "../../log/memory_log.ts";
import { memoryDirectory } from "../../state_directory.ts";

export const HOST = "10.0.0.2";
export const HOST6 = "2001:db8::2";
export const ALICE = "10.0.0.1";
export const MALLORY = "203.0.113.66";

/** A client whose secret is this byte 32 times. */
export function client(name: string, fill: number): Client {
  return { name, secret: new Secret(new Uint8Array(32).fill(fill)) };
}

export const alice = client("alice", 1);
export const bob = client("bob", 2);

/** A rotating door with the defaults of a config. */
export function rotatingDoor(
  name: string,
  clients: readonly Client[],
  otp: Partial<OtpSettings> = {},
  parts: Partial<Door> = {},
): Door {
  const key = { kind: "otp", otp: { ...OTP, ...otp }, clients } as const;
  return { ...door(name, "7000"), key, ...parts };
}

/** The knocks of a client, bound to `source` if the door asks for it. */
export function knocks(
  { label, key }: Door,
  { secret }: Client,
  counter: number,
  source: string,
): Sequence {
  if (key.kind !== "otp") throw new Error("not a rotating door");
  const plain = derivationKey(secret, label);
  const bound = key.otp.bindSource ? parseAddress(source) : undefined;
  return deriveSequence(key.otp, counter, plain, derivationKey(secret, label, bound));
}

/** How packets are sent. */
export interface SendOptions {
  /** Milliseconds between packets. */
  gap?: number;
  /** The time of the first packet; the system's time without it. */
  at?: number;
}

/** A host with rotating doors. */
export class World {
  readonly system: FakeSystem;
  readonly log: MemoryLog;
  readonly #dir: string;
  readonly #report: Report;
  #doors: readonly Door[];
  #journal!: Journal;
  #leases!: Leases;
  #doorman!: Doorman;
  /** When the latest packet was sent: they come one after the other. */
  #latest = 0;
  #port = 1024;

  private constructor(
    dir: string,
    doors: readonly Door[],
    system: FakeSystem,
    log: MemoryLog,
  ) {
    this.#dir = dir;
    this.log = log;
    this.#doors = doors;
    this.system = system;
    this.#report = new Report(this.log.logger, new Tally(() => system.now()));
  }

  /** Runs a test with a world whose journal is a real one. */
  static async run(
    doors: readonly Door[],
    test: (world: World) => Promise<void> | void,
    { system = new FakeSystem(), log = memoryLog() }: {
      system?: FakeSystem;
      log?: MemoryLog;
    } = {},
  ): Promise<void> {
    const parent = await memoryDirectory();
    try {
      await World.runIn(`${parent}/state`, doors, test, { system, log });
    } finally {
      await Deno.remove(parent, { recursive: true });
    }
  }

  /** The same with a journal in a directory that stays. */
  static async runIn(
    directory: string,
    doors: readonly Door[],
    test: (world: World) => Promise<void> | void,
    { system, journal = {}, log = memoryLog() }: {
      system: FakeSystem;
      journal?: JournalOptions;
      log?: MemoryLog;
    },
  ): Promise<void> {
    const world = new World(directory, doors, system, log);
    try {
      await world.start(doors, journal);
      await test(world);
    } finally {
      world.stop();
    }
  }

  /** What opened, as `client address`, in order. */
  get openings(): string[] {
    return this.log.records.filter(({ properties }) => properties["event"] === "open")
      .map(({ properties }) => `${properties["client"]} ${properties["ip"]}`);
  }

  /** Why knocks were refused, in order. */
  get refusals(): string[] {
    return this.log.records.filter(({ properties }) => properties["event"] === "refused")
      .map(({ properties }) => `${properties["client"]}: ${properties["why"]}`);
  }

  /** The log's lines that contain this text. */
  lines(text: string): string[] {
    return this.log.lines.filter((line) => line.includes(text));
  }

  /** The present time step. */
  step(period = 30): number {
    return counterAt(this.system.now() / 1000, period);
  }

  async start(
    doors: readonly Door[] = this.#doors,
    options: JournalOptions = {},
  ): Promise<void> {
    const { system } = this;
    this.#journal = await Journal.open(this.#dir, options);
    const runner = new Runner({
      system,
      report: new CommandReport(this.log.logger),
      env: {},
    });
    const report = this.#report;
    this.#leases = new Leases({
      system,
      runner,
      journal: this.#journal,
      report,
      bootId: "boot",
    });
    this.#watch(doors);
  }

  /** A client's counter was used at another machine. */
  spentElsewhere({ label, key }: Door, who: Client): void {
    if (key.kind !== "otp") throw new Error("not a rotating door");
    this.#doorman.spentElsewhere(seriesOf(label, key.otp, who));
  }

  stop(): void {
    this.#doorman.close();
    this.#journal[Symbol.dispose]();
  }

  /** Puts other doors in the place of the present ones, as a reload does. */
  reload(doors: readonly Door[]): void {
    const previous = this.#doorman;
    this.#watch(doors, previous);
    previous.close();
  }

  /** Sends packets to ports, each from a source port of its own. */
  send(source: string, ports: readonly Knock[], options: SendOptions = {}): void {
    const now = this.system.now();
    const follows = this.#latest >= now && this.#latest < now + 10_000;
    const start = options.at ?? (follows ? this.#latest + 1 : now);
    const frames = framesOf(source);
    ports.forEach(({ protocol, port }, i) => {
      const at = start + i * (options.gap ?? 1);
      this.#latest = at;
      const bytes = frames[protocol];
      setPorts(bytes, source, this.#port++, port);
      this.deliver(bytes, at);
    });
    if (this.#port > 60_000) this.#port = 1024;
  }

  /** Hands a captured frame to the doorman. */
  deliver(bytes: Uint8Array, at = this.system.now()): void {
    this.#doorman.packet(LinkType.ETHERNET, bytes, 0, bytes.length, at);
  }

  /** Knocks as a client does, with a counter relative to the present time step. */
  knock(
    who: Client,
    offset = 0,
    source = ALICE,
    options: SendOptions = {},
    at: Door = this.#doors[0]!,
  ): void {
    const period = at.key.kind === "otp" ? at.key.otp.period : 30;
    this.knockWith(who, this.step(period) + offset, source, options, at);
  }

  /** Knocks as a client does, with a counter. */
  knockWith(
    who: Client,
    counter: number,
    source = ALICE,
    options: SendOptions = {},
    at: Door = this.#doors[0]!,
  ): void {
    this.send(source, knocks(at, who, counter, source), options);
  }

  #watch(doors: readonly Door[], previous?: Doorman): void {
    this.#doors = doors;
    this.#doorman = new Doorman({
      doors,
      ignorePorts: [],
      ipv4Only: false,
      system: this.system,
      report: this.#report,
      journal: this.#journal,
      open: (opening) => this.#leases.openAll([opening])[0]!,
      hashKey: new Uint32Array([1, 2]),
    }, previous);
    this.#doorman.setHostAddresses([HOST, HOST6].map((text) => parseAddress(text)!));
  }
}

/** A packet of each protocol: a scan is the same one again and again but for its ports. */
function framesOf(src: string): Record<Knock["protocol"], Uint8Array> {
  const fields = { src, dst: src.includes(":") ? HOST6 : HOST };
  return {
    tcp: frame(LinkType.ETHERNET, tcp(fields)),
    udp: frame(LinkType.ETHERNET, udp(fields)),
  };
}

function setPorts(bytes: Uint8Array, src: string, sport: number, dport: number): void {
  const transport = 14 + (src.includes(":") ? 40 : 20);
  const view = new DataView(bytes.buffer);
  view.setUint16(transport, sport);
  view.setUint16(transport + 2, dport);
}
