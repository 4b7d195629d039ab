/**
 * Ten doors that are open for thousands each: what that takes of memory, whether a killed
 * daemon's successor knows of all, and how long it takes to close them.
 */
import { requestControl } from "../../lib/server/control/client.ts";
import { Scratch } from "../lab/daemon.ts";
import { hitFrame, send } from "../lab/frames_sent.ts";
import { type Host, Network, type Process, sleep } from "../lab/net.ts";
import { DEVICE, memoryOf, serveOnWire, SERVER, wiredHosts } from "../lab/wire.ts";

/** How many are let in. */
export interface LeasedOptions {
  /** Addresses that each of the ten doors opens for. */
  readonly each: number;
  /** Told now and then. */
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface LeasedReport {
  /** MiB resident with nothing open, with everything, and in the next daemon. */
  readonly memory: {
    readonly idle: number;
    readonly open: number;
    readonly next: number;
  };
  /** Leases and open doors before the kill, after it, and after all was closed. */
  readonly leases: readonly [number, number, number];
  readonly doors: readonly [number, number, number];
  /** Seconds to close all, and what as many commands take, 16 at a time, run by a loop. */
  readonly closing: number;
  readonly bare: number;
  /** Lines of the log that tell of a door left open or of a fault in the program. */
  readonly faults: readonly string[];
  /** The exit code after SIGTERM. */
  readonly code: number;
}

const DOORS = 10;
/** A little less than a door opens in a second at most. */
const A_SECOND = 90;
const FIRST_PORT = 7000;
/** Stop commands that run at once. */
const PLACES = 16;

/** The host, and its doors, each of which makes a file of its own for who is let in. */
class LeasedHost {
  readonly scratch: Scratch;
  readonly server: Host;
  readonly client: Host;
  readonly config: string;

  private constructor(scratch: Scratch, [server, client]: [Host, Host], config: string) {
    this.scratch = scratch;
    this.server = server;
    this.client = client;
    this.config = config;
  }

  static async create(scratch: Scratch, net: Network): Promise<LeasedHost> {
    const [server, client] = await wiredHosts(net);
    await server.dropIncoming();
    await Deno.mkdir(scratch.path("open"));
    const doors = Array.from({ length: DOORS }, (_, n) => door(scratch, n));
    const log = `log_file = "${scratch.path("log")}"`;
    const config = await scratch.config(doors.join(""), log);
    return new LeasedHost(scratch, [server, client], config);
  }

  async start(): Promise<Process> {
    const daemon = await serveOnWire(this.server, this.config);
    await this.status();
    return daemon;
  }

  /** Knocks on every door from so many addresses each. */
  async knock(each: number): Promise<void> {
    const frames = Array.from({ length: each * DOORS }, (_, n) => {
      const ip = addressOf(Math.floor(n / DOORS));
      return hitFrame(ip, SERVER, `${FIRST_PORT + n % DOORS}:udp`, n);
    });
    const perSecond = A_SECOND * DOORS;
    const size = perSecond * 10;
    for (let at = 0; at < frames.length; at += size) {
      await send(this.client, frames.slice(at, at + size), { device: DEVICE, perSecond });
    }
  }

  /** Leases that there are, and those whose start command has ended. */
  async leases(): Promise<{ all: number; open: number }> {
    const answer = await this.status() as { leases: { stage: string }[] };
    const open = answer.leases.filter(({ stage }) => stage === "open").length;
    return { all: answer.leases.length, open };
  }

  /** Has all closed; the answer does not wait for those that take long. */
  async closeAll(): Promise<void> {
    await requestControl(this.scratch.path("sock"), { command: "close", all: true });
  }

  /** A daemon that a busy machine stops for seconds hangs up on who asked meanwhile. */
  async status(): Promise<unknown> {
    let answer: unknown;
    const asked = () =>
      requestControl(this.scratch.path("sock"), { command: "status" }, 60_000);
    await repeat(() => asked().then((it) => (answer = it, true), () => false));
    return answer;
  }

  /** Doors that are open, by what their commands made. */
  async openDoors(): Promise<number> {
    return (await Array.fromAsync(Deno.readDir(this.scratch.path("open")))).length;
  }
}

function door(scratch: Scratch, n: number): string {
  const file = scratch.path(`open/${n}.%IP%`);
  return `[doors.d${n}]
sequence = "${FIRST_PORT + n}:udp"
start_command = ["touch", "${file}"]
stop_command = ["rm", "${file}"]
cmd_timeout = 3600
max_open = 20000
`;
}

function addressOf(n: number): string {
  return `11.1.${n >> 8 & 255}.${n & 255}`;
}

/** Opens them all, kills the daemon, and lets the next one close them. */
export async function leased({ each, say }: LeasedOptions): Promise<LeasedReport> {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const host = await LeasedHost.create(scratch, net);
  const first = await host.start();
  await sleep(5000);
  const idle = await memoryOf(first);
  const wanted = each * DOORS;
  // What a busy machine lost, or let come too often, knocks again.
  for (let round = 0; (await host.leases()).all < wanted && round < 20; round++) {
    await host.knock(each);
    say(`round ${round}: ${JSON.stringify(await host.leases())}`);
  }
  await repeat(async () => (await host.leases()).open === wanted);
  await sleep(12_000);
  const open = await memoryOf(first);
  const before = [(await host.leases()).all, await host.openDoors()] as const;
  first.kill("SIGKILL");
  await first.exited;

  const bare = await bareSeconds(scratch, wanted);
  const next = await host.start();
  const after = [(await host.leases()).all, await host.openDoors()] as const;
  const began = performance.now();
  await host.closeAll();
  await repeat(async () => (await host.leases()).all === 0, 2400);
  const closing = (performance.now() - began) / 1000;
  const end = [(await host.leases()).all, await host.openDoors()] as const;
  const nextMemory = await memoryOf(next);
  const code = await next.stop("SIGTERM", 90_000);
  const log = [...await scratch.lines("log"), ...first.lines, ...next.lines];
  return {
    memory: { idle, open, next: nextMemory },
    leases: [before[0], after[0], end[0]],
    doors: [before[1], after[1], end[1]],
    closing,
    bare,
    faults: log.filter((line) => /OPEN:|failed|\.ts:\d|TypeError/.test(line)),
    code,
  };
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
  const began = performance.now();
  await Promise.all(Array.from({ length: PLACES }, async () => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      const rm = new Deno.Command("rm", {
        args: [file],
        stdout: "piped",
        stderr: "piped",
      });
      await rm.output();
    }
  }));
  return (performance.now() - began) / 1000 * count / tried;
}
