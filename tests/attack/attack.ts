/** Mutated packets at full speed into a daemon, with good knocks among them. */
import { recordingDoor, Scratch } from "../lab/daemon.ts";
import { KNOCKD, Network, type Process, sleep, waitFor } from "../lab/net.ts";
import { send } from "../lab/frames_sent.ts";
import { alice, RotatingDoor } from "../lab/one_time.ts";
import {
  CLIENT,
  DEVICE,
  memoryOf,
  serveOnWire,
  SERVER,
  wiredHosts,
} from "../lab/wire.ts";
import { attackFrames, SEQUENCE } from "./frames.ts";

/** How to attack. */
export interface AttackOptions {
  readonly seconds: number;
  /** Different frames, which are sent over and over. */
  readonly frames: number;
  readonly seed: number;
  /** Seconds of quiet after it, to see what memory is given back. */
  readonly rest: number;
  /** Told every few seconds. */
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface AttackReport {
  /** Packets that came, as the server's interface counts them. */
  readonly arrived: number;
  /** Packets that the capture handed over, and that it lost. */
  readonly heard: number;
  readonly dropped: number;
  /** Knocks of the client meanwhile, and which of them opened their door. */
  readonly knocks: number;
  readonly opened: number;
  /** What else opened. */
  readonly strangers: readonly string[];
  /** MiB resident, sampled after each knock. */
  readonly memory: readonly number[];
  /** MiB resident after the rest. */
  readonly rested: number;
  /** CPU seconds of the daemon. */
  readonly cpu: number;
  readonly logLines: number;
  /** Lines of the daemon that tell of a fault in the program. */
  readonly faults: readonly string[];
  /** The exit code after SIGTERM. */
  readonly code: number;
}

/** Attacks for so long. */
export async function attack(options: AttackOptions): Promise<AttackReport> {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const [server, client] = await wiredHosts(net);
  await server.run(["ip", "address", "add", "fd78::1/64", "dev", DEVICE, "nodad"]);
  await server.dropIncoming();
  const rotating = new RotatingDoor(scratch, "rotating", [alice], {
    mode: "hotp",
    protocol: "mixed",
  });
  const classic = recordingDoor(scratch, "classic", SEQUENCE.join());
  const config = await scratch.config(
    classic + rotating.text,
    `log_file = "${scratch.path("log")}"`,
  );
  const daemon = await serveOnWire(server, config);

  const to = { ipv4: SERVER, ipv6: "fd78::1" };
  const frames = attackFrames(options.frames, options.seed, to);
  const end = performance.now() + options.seconds * 1000;
  const attacking = (async () => {
    while (performance.now() < end) {
      await send(client, frames, { device: DEVICE, loops: 10 });
    }
  })();

  const memory: number[] = [];
  let knocks = 0, opened = 0, counter = 0;
  while (performance.now() < end) {
    const ports = knocks % 2 === 0 ? SEQUENCE : rotating.ports(alice, counter++);
    await client.run(["/usr/bin/knock", SERVER, ...ports.map(String)]);
    knocks++;
    await scratch.waitForLines("opened", ++opened, 3000).catch(() => {
      opened--;
      options.say(`knock ${knocks} has not opened its door`);
    });
    await sleep(200);
    if (!daemon.running) break;
    memory.push(await memoryOf(daemon));
    if (knocks % 20 === 0) {
      options.say(`${knocks} knocks, ${memory.at(-1)!.toFixed(0)} MiB`);
    }
  }
  await attacking;
  const before = await arrivedAt(server);
  const status = JSON.parse(
    (await server.run([...KNOCKD, "status", "--json", "-c", config])).stdout,
  );
  const [{ packets, dropped }] = status.interfaces;
  const cpu = await cpuOf(daemon);
  await sleep(options.rest * 1000);
  const rested = await memoryOf(daemon);
  const code = await daemon.stop();
  await waitFor(() => !daemon.running);
  const lines = await scratch.lines("opened");
  const own = [`classic ${CLIENT}`, `rotating alice ${CLIENT}`];
  const log = [...await scratch.lines("log"), ...daemon.lines];
  return {
    arrived: before,
    heard: packets,
    dropped,
    knocks,
    opened: lines.filter((line) => own.includes(line)).length,
    strangers: lines.filter((line) => !own.includes(line)),
    memory,
    rested,
    cpu,
    logLines: log.length,
    faults: log.filter((line) => /\.ts:\d|TypeError|RangeError|Uncaught/.test(line)),
    code,
  };
}

async function arrivedAt(server: { run(argv: string[]): Promise<{ stdout: string }> }) {
  const counter = `/sys/class/net/${DEVICE}/statistics/rx_packets`;
  return Number((await server.run(["cat", counter])).stdout);
}

/** User and system time of a process in seconds. */
async function cpuOf({ pid }: Process): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The median of the numbers of a part of a list, from and to as fractions of it. */
export function medianOf(list: readonly number[], from: number, to: number): number {
  const part = list.slice(Math.floor(list.length * from), Math.ceil(list.length * to));
  return part.toSorted((a, b) => a - b)[part.length >> 1]!;
}
