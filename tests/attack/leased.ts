/**
 * Ten doors that are open for thousands each: what that takes of memory, whether `status`
 * still answers, whether a killed daemon's successor knows of all, and how long it takes to
 * close them.
 */
import { Scratch } from "../lab/daemon.ts";
import { Network, sleep } from "../lab/net.ts";
import { memoryOf } from "../lab/wire.ts";
import { DOORS, LeasedHost, type Opens } from "./leased_host.ts";

/** How many are let in. */
export interface LeasedOptions {
  /** Addresses that each of the ten doors opens for. */
  readonly each: number;
  readonly opens: Opens;
  /** Told now and then. */
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface LeasedReport {
  /** MiB resident with nothing open, with everything, and at most while all is closed. */
  readonly memory: {
    readonly idle: number;
    readonly open: number;
    readonly closing: number;
  };
  /** Leases and open doors before the kill, after it, and after all was closed. */
  readonly leases: readonly [number, number, number];
  readonly doors: readonly [number, number, number];
  /** Milliseconds that `status` took at most while the doors were opened. */
  readonly slowestStatus: number;
  /** Seconds until the next daemon heard, and answered. */
  readonly restart: number;
  /** Seconds to close all, and what as many commands take, 16 at a time, run by a loop. */
  readonly closing: number;
  readonly bare: number;
  /** Lines of the log that tell of a door left open or of a fault in the program. */
  readonly faults: readonly string[];
  /** The exit code after SIGTERM. */
  readonly code: number;
}

/** Stop commands that run at once. */
const PLACES = 16;

/** Opens them all, kills the daemon, and lets the next one close them. */
export async function leased({ each, opens, say }: LeasedOptions): Promise<LeasedReport> {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const host = await LeasedHost.create(scratch, net, opens);
  const first = await host.start();
  await sleep(8000);
  const idle = await memoryOf(first);
  const wanted = each * DOORS;
  // What a busy machine lost, or let come too often, knocks again.
  for (let round = 0; (await host.leases()).all < wanted && round < 20; round++) {
    await host.knock(each);
    say(`round ${round}: ${JSON.stringify(await host.leases())}`);
  }
  await repeat(async () => (await host.leases()).open === wanted);
  const { slowestStatus } = host;
  await sleep(12_000);
  const open = await memoryOf(first);
  const before = [(await host.leases()).all, await host.openDoors()] as const;
  first.kill("SIGKILL");
  await first.exited;

  const bare = opens === "kernel" ? 0 : await bareSeconds(scratch, wanted);
  const [next, restart] = await seconds(() => host.start());
  const after = [(await host.leases()).all, await host.openDoors()] as const;
  let memory = await memoryOf(next);
  const [, closing] = await seconds(async () => {
    await host.closeAll();
    // Nobody asks the daemon meanwhile: ten thousand leases are a long answer.
    await repeat(async () => {
      memory = Math.max(memory, await memoryOf(next));
      return await host.openDoors() === 0;
    }, 2400);
  });
  await repeat(async () => (await host.leases()).all === 0);
  const end = [(await host.leases()).all, await host.openDoors()] as const;
  const code = await next.stop("SIGTERM", 90_000);
  const log = [...await scratch.lines("log"), ...first.lines, ...next.lines];
  return {
    memory: { idle, open, closing: memory },
    leases: [before[0], after[0], end[0]],
    doors: [before[1], after[1], end[1]],
    ...{ slowestStatus, restart, closing, bare },
    faults: log.filter((line) => /OPEN:|failed|\.ts:\d|TypeError/.test(line)),
    code,
  };
}

async function seconds<T>(act: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  const result = await act();
  return [result, (performance.now() - began) / 1000];
}

/** Twice a second, so many times at most, until it is done. */
async function repeat(done: () => Promise<boolean>, times = 1200): Promise<void> {
  for (let n = 0; n < times && !await done(); n++) await sleep(500);
}

/** What so many commands take of a loop that runs 16 at a time; a tenth of them is tried. */
async function bareSeconds(scratch: Scratch, count: number): Promise<number> {
  const tried = Math.ceil(count / 10);
  const files = Array.from({ length: tried }, (_, n) => scratch.path(`bare.${n}`));
  for (const file of files) await Deno.writeTextFile(file, "");
  const [, took] = await seconds(() =>
    Promise.all(Array.from({ length: PLACES }, async () => {
      for (let file = files.pop(); file !== undefined; file = files.pop()) {
        const rm = new Deno.Command("rm", {
          args: [file],
          stdout: "piped",
          stderr: "piped",
        });
        await rm.output();
      }
    }))
  );
  return took * count / tried;
}
