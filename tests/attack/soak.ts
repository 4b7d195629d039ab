/**
 * Everything at once: knocks, reloads, an interface that flaps, a daemon that is killed; a
 * door that strangers flood, commands that hang, and descriptors that run out beside it.
 */
import { CMD_TIMEOUT, DoorsHost } from "../lab/doors_host.ts";
import { type Process, run, sleep } from "../lab/net.ts";
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
  /** Those of the door that was flooded, and of the one whose commands hang. */
  readonly flooded: number;
  readonly hung: number;
  /** How often the daemon was left no descriptor. */
  readonly starved: number;
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

/** Strangers that open the game's door in a second; each of them runs two commands. */
const STRANGERS = 100;
const FEW_DESCRIPTORS = 24;
const MANY_DESCRIPTORS = 1024;

/** What no daemon may say, whatever happens to it. */
const FAULT = /LEFT OPEN|\.ts:\d|(Type|Range|Reference)Error|lease \d+ can't be read/;

/** Kills come in the first half only, so that the second shows what becomes of memory. */
export async function soak({ seconds, say }: SoakOptions): Promise<SoakReport> {
  await using host = await DoorsHost.create();
  await host.besiege();
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const times = { knocks: 0, reloads: 0, flaps: 0, kills: 0, met: 0, starved: 0 };
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
    whilst(seconds, () => host.flood(27015, STRANGERS)),
    whilst(seconds, async () => {
      await host.flood(6666, 20);
      await sleep(4000);
    }),
    whilst(seconds - 5, async () => {
      await sleep(3000 + 3000 * Math.random());
      await limitDescriptors(daemon, FEW_DESCRIPTORS);
      await sleep(1000);
      await limitDescriptors(daemon, MANY_DESCRIPTORS);
      times.starved++;
    }),
    whilst(seconds, async () => {
      await sleep(1000);
      // On a busy machine the one that was killed last is still being replaced.
      if (elapsed() < seconds / 2 + 5 || !daemon.running) return;
      memory.push(await memoryOf(daemon));
      if (memory.length % 20 === 0) say(`${JSON.stringify(times)} ${memory.at(-1)} MiB`);
    }),
  ]);
  await host.closed((CMD_TIMEOUT + 8) * 1000);
  const code = await daemon.stop("SIGTERM");
  const log = host.log();
  const lines = [...log.split("\n"), ...daemon.lines];
  const opened = (door: RegExp) =>
    lines.filter((line) => line.includes("OPEN SESAME") && door.test(line)).length;
  return {
    ...times,
    opened: opened(/: [a-e]: /),
    flooded: opened(/: game: /),
    hung: opened(/: hang: /),
    left: await host.rules(),
    leases: await host.journalled(),
    // Without a descriptor nothing closes a door or reads a config: no fault, and not the end.
    faults: lines.filter((line) => FAULT.test(line)),
    memory,
    code,
  };
}

/** One that has just been killed has no limits any more. */
async function limitDescriptors({ pid }: Process, number: number): Promise<void> {
  await run(["prlimit", "--pid", `${pid}`, `--nofile=${number}:`], { check: false });
}
