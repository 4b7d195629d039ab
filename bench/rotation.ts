/**
 * What a rotating door with many clients costs: `deno run --allow-all
 * --v8-flags=--expose-gc bench/rotation.ts [CLIENTS…]`.
 *
 * A real matcher and a real rotation run on real timers; the journal is empty and in
 * memory, and the wall clock is moved by hand to change the step. Every callback is timed:
 * the longest one is how long packets wait at most. Memory is the heap after a collection,
 * less what it was before. Packets are those of strangers, each from another address to
 * another port of the door's range, handed to the matcher without parsing.
 *
 * @module
 */
import { parseAddress } from "../lib/core/address.ts";
import type { Client, Door } from "../lib/core/door.ts";
import { Hit } from "../lib/core/hit.ts";
import { Matcher } from "../lib/core/matcher/matcher.ts";
import { matcherSettings } from "../lib/core/matcher/settings.ts";
import { Secret } from "../lib/core/secret.ts";
import type { Report } from "../lib/server/report.ts";
import { type Clocks, Rotation } from "../lib/server/rotation/rotation.ts";
import { realSystem } from "../lib/server/system.ts";

const STEP_MS = 30_000;
const PACKETS = 300_000;
/** Timers that are due later are not part of work under way. */
const SOON_MS = 100;

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

  /** The pauses since the last call, in numbers. */
  sum(): { busy: string; most: string; longest: string } {
    const pauses = this.pauses.splice(0).sort((a, b) => a - b);
    return {
      busy: ms(pauses.reduce((sum, pause) => sum + pause, 0)),
      most: ms(pauses[Math.floor(pauses.length * 0.99)]!),
      longest: ms(pauses.at(-1)!),
    };
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

function manyClientsDoor(clients: readonly Client[]): Door {
  return {
    name: "ssh",
    label: "ssh",
    key: {
      kind: "otp",
      clients,
      otp: {
        length: 5,
        lo: 10000,
        hi: 59999,
        protocol: "tcp",
        mode: "totp",
        period: STEP_MS / 1000,
        window: 1,
        lookAhead: 10,
        bindSource: false,
      },
    },
    seqTimeout: 25,
    tcpFlags: { mask: 0x12, value: 0x02 },
    tolerance: 2,
    cmdTimeout: 10,
    cooldown: 0,
    commandTimeout: 30,
    onExit: "close",
  };
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function newMatcher(door: Door): Matcher {
  const silent = { opened() {}, advanced() {}, refused() {} };
  const matcher = new Matcher(matcherSettings([door], [], 1), silent);
  matcher.setHostAddresses([parseAddress("10.0.0.2")!]);
  return matcher;
}

function packetCost(matcher: Matcher): number {
  const hit = new Hit();
  hit.destination.set([0, 0, 0xffff, 0x0a000002]);
  hit.flags = 0x02;
  const start = performance.now();
  for (let i = 0; i < PACKETS; i++) {
    hit.time = Date.now();
    hit.source.set([0, 0, 0xffff, 0xc6120000 + i % 100_000]);
    hit.port = 10_000 + (i * 7919) % 50_000;
    hit.sourcePort = i & 0xffff;
    matcher.hit(hit);
  }
  return (performance.now() - start) * 1e6 / PACKETS;
}

function heapBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage().heapUsed;
}

async function measure(count: number): Promise<Record<string, string>> {
  const system = new TimedSystem();
  const door = manyClientsDoor(manyClients(count));
  const journal = { highest: () => undefined, spend: () => "spent" as const };
  const report = {} as Report;
  // No step changes by itself meanwhile.
  system.shift = STEP_MS / 3 - system.now() % STEP_MS;

  const before = heapBytes();
  const matcher = newMatcher(door);
  const start = performance.now();
  let open = 0;
  let added = 0;
  const add = matcher.add.bind(matcher);
  matcher.add = (sequence) => {
    add(sequence);
    if (++added === 3 * count) open = performance.now() - start;
  };
  const make = (matcher: Matcher, previous?: Rotation) =>
    system.time(() =>
      new Rotation([door], system, { matcher, journal, report }, previous)
    );
  let rotation = make(matcher);
  await system.idle();
  const started = system.sum();
  const memory = heapBytes() - before;
  const packet = packetCost(matcher);

  system.shift += STEP_MS;
  const turn = performance.now();
  system.time(() => rotation.follow(system.now()));
  await system.idle();
  const spread = performance.now() - turn;
  const turned = system.sum();

  rotation.close();
  rotation = make(newMatcher(door), rotation);
  await system.idle();
  rotation.close();
  return {
    clients: `${count}`,
    "start: until the window is live": ms(open),
    "start: work": started.busy,
    "start: 99 of 100 pauses below": started.most,
    "start: longest pause": started.longest,
    "heap": `${(memory / 1e6).toFixed(1)} MB`,
    "a stranger's packet": `${packet.toFixed(0)} ns`,
    "step change: work": turned.busy,
    "step change: spread over": ms(spread),
    "step change: 99 of 100 pauses below": turned.most,
    "step change: longest pause": turned.longest,
    "reload: longest pause": system.sum().longest,
  };
}

if (import.meta.main) {
  const counts = Deno.args.length > 0 ? Deno.args.map(Number) : [1, 100, 10_000];
  const rows: Record<string, string>[] = [];
  for (const count of counts) rows.push(await measure(count));
  for (const name of Object.keys(rows[0] ?? {})) {
    const values = rows.map((row) => row[name]!.padStart(12));
    console.log(`${name.padEnd(36)}${values.join("")}`);
  }
}
