/** Everything at once: knocks, reloads, an interface that flaps, a daemon that is killed. */
import { CMD_TIMEOUT, DoorsHost } from "../lab/doors_host.ts";
import { type Process, sleep } from "../lab/net.ts";
import { memoryOf } from "../lab/wire.ts";

/** How to soak. */
export interface SoakOptions {
  readonly seconds: number;
  /** Told now and then. */
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface SoakReport {
  readonly knocks: number;
  readonly reloads: number;
  readonly flaps: number;
  readonly kills: number;
  /** Kills that met an open door. */
  readonly met: number;
  /** Doors that were opened, as the log says. */
  readonly opened: number;
  /** Rules that were left when all was over. */
  readonly left: readonly string[];
  /** Leases that were left in the journal. */
  readonly leases: number;
  /** Lines of the log that tell of a door left open or of a fault in the program. */
  readonly faults: readonly string[];
  /** MiB resident of the last daemon, which is not killed. */
  readonly memory: readonly number[];
  /** The exit code after SIGTERM. */
  readonly code: number;
}

/** Kills come in the first half only, so that the second shows what becomes of memory. */
export async function soak({ seconds, say }: SoakOptions): Promise<SoakReport> {
  await using host = await DoorsHost.create();
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const times = { knocks: 0, reloads: 0, flaps: 0, kills: 0, met: 0 };
  const memory: number[] = [];
  let daemon: Process = host.start();
  await host.hears();

  const whilst = async (end: number, act: () => Promise<void>) => {
    while (elapsed() < end) await act();
  };
  await Promise.all([
    whilst(seconds, async () => {
      await host.knock();
      times.knocks++;
      await sleep(50);
    }),
    whilst(seconds, async () => {
      const doors = ["a", "b", "c", "d", ...(times.reloads % 4 < 2 ? ["e"] : [])];
      await host.configure(doors);
      daemon.kill("SIGHUP");
      times.reloads++;
      await sleep(400 * Math.random());
    }),
    whilst(seconds, async () => {
      await sleep(2000 + 3000 * Math.random());
      await host.server.run(["ip", "link", "set", "eth0", "down"]);
      await sleep(300 * Math.random());
      await host.server.run(["ip", "link", "set", "eth0", "up"]);
      times.flaps++;
    }),
    whilst(seconds / 2, async () => {
      await sleep(1000 + 3000 * Math.random());
      daemon.kill("SIGKILL");
      await daemon.exited;
      if ((await host.rules()).length > 0) times.met++;
      times.kills++;
      const next = host.start();
      await host.hears();
      daemon = next;
    }),
    whilst(seconds, async () => {
      await sleep(1000);
      if (elapsed() < seconds / 2 + 5) return;
      memory.push(await memoryOf(daemon));
      if (memory.length % 20 === 0) say(`${JSON.stringify(times)} ${memory.at(-1)} MiB`);
    }),
  ]);
  await host.closed((CMD_TIMEOUT + 8) * 1000);
  const code = await daemon.stop("SIGTERM");
  const log = host.log();
  const lines = [...log.split("\n"), ...daemon.lines];
  return {
    ...times,
    opened: lines.filter((line) => line.includes("OPEN SESAME")).length,
    left: await host.rules(),
    leases: await host.journalled(),
    faults: lines.filter((line) =>
      /LEFT OPEN|STILL OPEN|\.ts:\d|can't be read/.test(line)
    ),
    memory,
    code,
  };
}
