/**
 * How long a rotating door with 10,000 clients makes packets wait when its step changes.
 *
 * A real matcher and a real rotation run on real timers; the journal is empty and in
 * memory, and the wall clock is moved by hand to change the step. Every callback is timed:
 * the longest one is how long packets wait at most; beside it stands the longest of slices of
 * work that do nothing. What a packet costs is that of strangers,
 * each from another address to another port of the door's range, handed to the matcher
 * without parsing; beside it stands what one to the first port of a classic door costs.
 */
import { PacketTable } from "../lib/server/knocks/packets/packet_table.ts";
import { parseAddress } from "../lib/core/address.ts";
import type { Client, Door } from "../lib/core/door.ts";
import { Hit } from "../lib/core/hit.ts";
import { Matcher } from "../lib/core/matcher/matcher.ts";
import { matcherSettings } from "../lib/core/matcher/settings.ts";
import { Secret } from "../lib/core/secret.ts";
import type { Report } from "../lib/server/log/report.ts";
import { type Clocks, Rotation } from "../lib/server/knocks/rotation/rotation.ts";
import { Slices } from "../lib/server/knocks/rotation/slices.ts";
import { realSystem } from "../lib/server/system.ts";
import { door, OTP, sequence } from "../tests/core/doors.ts";
import { type Effort, type Row, rowOf, times } from "./lib/row.ts";

const CLIENTS = 10_000;
const STEP_MS = 30_000;
const PACKETS = 300_000;
/** Timers that are due later are not part of work under way. */
const SOON_MS = 100;
/** About as long as the work of a step change. */
const EMPTY_MS = 3000;

/** The real world with a clock that can be set, and a stopwatch on all callbacks. */
class TimedSystem implements Clocks {
  readonly #real = realSystem();
  readonly monotonic = this.#real.monotonic;
  shift = 0;
  /** How long each callback took, milliseconds. */
  readonly pauses: number[] = [];
  readonly #pending = new Set<object>();

  now(): number {
    return this.#real.now() + this.shift;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const timer = {};
    if (delayMs < SOON_MS) this.#pending.add(timer);
    const cancel = this.#real.schedule(delayMs, () => {
      this.#pending.delete(timer);
      this.time(run);
    });
    return () => {
      this.#pending.delete(timer);
      cancel();
    };
  }

  /** Runs something as a callback. */
  time<T>(run: () => T): T {
    const start = performance.now();
    const result = run();
    this.pauses.push(performance.now() - start);
    return result;
  }

  /** The longest pause since the last call. */
  longest(): number {
    return Math.max(...this.pauses.splice(0));
  }

  /** Until no work is under way. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function manyClients(count: number): Client[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `client${i}`,
    secret: new Secret(crypto.getRandomValues(new Uint8Array(32))),
  }));
}

function newMatcher(door: Door): Matcher {
  const silent = { opened() {}, advanced() {}, refused() {} };
  const matcher = new Matcher(
    matcherSettings([door], [], new Uint32Array([1, 2])),
    silent,
  );
  matcher.setHostAddresses([parseAddress("10.0.0.2")!]);
  return matcher;
}

/** Nanoseconds, where the i-th packet goes to that port. */
function packetCost(matcher: Matcher, port: (i: number) => number): number {
  const hit = new Hit();
  hit.destination.set([0, 0, 0xffff, 0x0a000002]);
  hit.flags = 0x02;
  const start = performance.now();
  for (let i = 0; i < PACKETS; i++) {
    hit.time = Date.now();
    hit.source.set([0, 0, 0xffff, 0xc6120000 + i % 100_000]);
    hit.port = port(i);
    hit.sourcePort = i & 0xffff;
    matcher.hit(hit);
  }
  return (performance.now() - start) * 1e6 / PACKETS;
}

function classicPacketCost(): number {
  const knocks = sequence("7000,8000,9000");
  const classic = door("classic", "7000,8000,9000");
  const matcher = newMatcher(classic);
  matcher.add({ door: classic, knocks, ordered: true });
  return packetCost(matcher, () => 7000);
}

/** The longest of slices of work, one after the other, that do nothing in their time. */
async function emptySlices(system: TimedSystem): Promise<number> {
  const end = system.monotonic() + EMPTY_MS;
  const nothing = () => system.monotonic() < end ? "spare" : "done";
  new Slices(system, nothing).run();
  await system.idle();
  return system.longest();
}

interface Turn {
  /** Milliseconds. */
  readonly atStart: number;
  readonly atStep: number;
  readonly empty: number;
  /** Nanoseconds. */
  readonly packet: number;
}

async function turn(): Promise<Turn> {
  const system = new TimedSystem();
  const otp = { ...OTP, period: STEP_MS / 1000 };
  const key = { kind: "otp", otp, clients: manyClients(CLIENTS) } as const;
  const rotating = door("rotating", "7000", { key });
  const journal = {
    highest: () => undefined,
    isSpent: () => false,
    unknownUpTo: () => -1,
    spend: () => "spent" as const,
  };
  const report = {} as Report;
  // No step changes by itself meanwhile.
  system.shift = STEP_MS / 3 - system.now() % STEP_MS;
  const matcher = newMatcher(rotating);
  const rotation = system.time(() =>
    new Rotation([rotating], system, {
      matcher,
      journal,
      report,
      packets: new PacketTable([]),
    })
  );
  await system.idle();
  const atStart = system.longest();
  const packet = packetCost(matcher, (i) => OTP.lo + (i * 7919) % (OTP.hi - OTP.lo + 1));
  system.shift += STEP_MS;
  system.time(() => rotation.follow(system.now()));
  await system.idle();
  rotation.close();
  const atStep = system.longest();
  return { atStart, atStep, empty: await emptySlices(system), packet };
}

export async function measure({ repetitions }: Effort): Promise<Row[]> {
  const classic: number[] = [];
  const turns: Turn[] = [];
  for (let i = 0; i < repetitions; i++) {
    classic.push(classicPacketCost());
    turns.push(await turn());
  }
  const sides = { ours: turns };
  const what = "rotating door, 10,000 clients:";
  return [
    {
      ...rowOf(
        sides,
        `${what} longest pause at a step change`,
        "ms",
        (one) => one.atStep,
      ),
      floor: turns.map(({ empty }) => empty),
      bar: times(3, "floor"),
    },
    rowOf(sides, `${what} longest pause at the start`, "ms", (one) => one.atStart),
    rowOf(sides, `${what} a packet in the matcher`, "ns", (one) => one.packet),
    { figure: "1 door: a packet in the matcher", unit: "ns", ours: classic },
  ];
}
