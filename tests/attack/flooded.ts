/**
 * One door that anybody can open is flooded open from forged sources, others' commands
 * hang, and descriptors run out: does the door beside them notice?
 */
import { requestControl } from "../../lib/server/control/client.ts";
import { recordingDoor, Scratch } from "../lab/daemon.ts";
import { hitFrame, send } from "../lab/frames_sent.ts";
import { type Host, Network, type Process, sleep } from "../lab/net.ts";
import { DEVICE, memoryOf, serveOnWire, SERVER, wiredHosts } from "../lab/wire.ts";

/** How to flood. */
export interface FloodOptions {
  readonly seconds: number;
  /** Knocks a second on the door that is flooded. */
  readonly rate: number;
  /** How many ports each of them has; 1 by default. */
  readonly length?: 1 | 3;
  /** Told now and then. */
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface FloodReport {
  /** Knocks on the door beside, and how many opened it. */
  readonly knocks: number;
  readonly opened: number;
  /** The longest wait for that, and for an answer to `knockd status`, milliseconds. */
  readonly slowestOpening: number;
  readonly slowestStatus: number;
  /** MiB resident before the flood, at most in it, and some seconds after it. */
  readonly memory: {
    readonly idle: number;
    readonly most: number;
    readonly after: number;
  };
  /** Lines that say OPEN SESAME, and all lines. */
  readonly sesames: number;
  readonly logLines: number;
  /** Commands of the flooded door that ran. */
  readonly commands: number;
  /** Lines of the daemon that tell of a fault in the program. */
  readonly faults: readonly string[];
  /** The exit code after SIGTERM. */
  readonly code: number;
}

/** The ports of a door as of a game server, which a file tells of. */
const GAME = [27015, 27016, 27017];
const GAME_OPEN_S = 5;

/** A daemon goes on working for so long after its start, and gives memory back then. */
const SETTLING_MS = 8000;

/** Descriptors that are taken from the daemon, so that it can start nothing any more. */
const FEW_DESCRIPTORS = 24;

/** The host, its doors and its daemon, and who knocks. */
class FloodedHost {
  readonly scratch: Scratch;
  readonly server: Host;
  readonly client: Host;
  readonly daemon: Process;

  constructor(scratch: Scratch, hosts: [Host, Host], daemon: Process) {
    this.scratch = scratch;
    [this.server, this.client] = hosts;
    this.daemon = daemon;
  }

  static async start(
    scratch: Scratch,
    net: Network,
    game: readonly string[],
  ): Promise<FloodedHost> {
    const [server, client] = await wiredHosts(net);
    await server.dropIncoming();
    const config = await scratch.config(
      doors(scratch, game),
      `log_file = "${scratch.path("log")}"`,
    );
    const daemon = await serveOnWire(server, config);
    return new FloodedHost(scratch, [server, client], daemon);
  }

  /** Knocks on the door beside; milliseconds until it was open. */
  async knock(timeout: number): Promise<number | undefined> {
    const before = (await this.scratch.lines("opened")).length;
    await this.client.run(["/usr/bin/knock", SERVER, "7000", "8000", "9000"]);
    const knocked = performance.now();
    const opened = this.scratch.waitForLines("opened", before + 1, timeout);
    return await opened.then(() => performance.now() - knocked, () => undefined);
  }

  /** Asks how the daemon is; milliseconds until it answered. */
  async status(): Promise<number> {
    const asked = performance.now();
    // From here: the start of another program says nothing of the daemon on a busy machine.
    await requestControl(this.scratch.path("sock"), { command: "status" });
    return performance.now() - asked;
  }

  /** Sends so many knocks on the game's door a second, each from another address. */
  async flood(seconds: number, rate: number, game: readonly string[]): Promise<void> {
    const frames = Array.from({ length: rate * 5 }, (_, n) => {
      const source = `11.${n >> 16}.${n >> 8 & 255}.${n & 255}`;
      return game.map((port) => hitFrame(source, SERVER, port, n));
    }).flat();
    const perSecond = rate * game.length;
    for (let second = 0; second < seconds; second += 5) {
      await send(this.client, frames, { device: DEVICE, perSecond });
    }
  }

  /** Opens the door whose command never ends, from many addresses. */
  async hang(): Promise<void> {
    const frames = Array.from(
      { length: 40 },
      (_, n) => hitFrame(`10.78.200.${n}`, SERVER, "6666:udp", n),
    );
    await send(this.client, frames, { device: DEVICE, perSecond: 100 });
  }

  /** Leaves the daemon a descriptor or two for a while. */
  async starve(ms: number): Promise<void> {
    const limit = (number: string) =>
      this.server.run(["prlimit", "--pid", `${this.daemon.pid}`, `--nofile=${number}:`]);
    await limit(`${FEW_DESCRIPTORS}`);
    await sleep(ms);
    await limit("1024");
  }
}

function doors(scratch: Scratch, ports: readonly string[]): string {
  const game = `[doors.game]
sequence = "${ports}"
start_command = 'echo "%IP%" >> ${scratch.path("game")}'
stop_command = "true"
cmd_timeout = ${GAME_OPEN_S}
`;
  const hanging = ["a", "b", "c", "d"].map((name) =>
    `[doors.hang-${name}]
sequence = "6666:udp"
start_command = "sleep 3600"
stop_command = "sleep 3600"
cmd_timeout = 2
command_timeout = 0
`
  );
  return game + hanging.join("") + recordingDoor(scratch, "ssh", "7000,8000,9000");
}

/** Floods for so long. */
export async function flooded(options: FloodOptions): Promise<FloodReport> {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const game = GAME.slice(0, options.length ?? 1).map((port) => `${port}:udp`);
  const host = await FloodedHost.start(scratch, net, game);
  await host.knock(5000);
  await sleep(SETTLING_MS);
  const idle = await memoryOf(host.daemon);
  await host.hang();

  let flooding = true;
  const flood = host.flood(options.seconds, options.rate, game).finally(() =>
    flooding = false
  );
  const waits: (number | undefined)[] = [];
  let [most, slowestStatus] = [idle, 0];
  while (flooding && host.daemon.running) {
    await sleep(500);
    waits.push(await host.knock(10_000));
    slowestStatus = Math.max(slowestStatus, await host.status());
    most = Math.max(most, await memoryOf(host.daemon));
    if (waits.length === 3) await host.starve(2000);
    options.say(
      `knock ${waits.length}: ${waits.at(-1)?.toFixed(0)} ms, ${most.toFixed(0)} MiB`,
    );
  }
  await flood;
  await sleep((GAME_OPEN_S + 5) * 1000);
  const after = await memoryOf(host.daemon);
  const code = await host.daemon.stop("SIGTERM", 90_000);
  const log = [...await scratch.lines("log"), ...host.daemon.lines];
  const opened = waits.filter((wait) => wait !== undefined);
  return {
    knocks: waits.length,
    opened: opened.length,
    slowestOpening: Math.max(...opened),
    slowestStatus,
    memory: { idle, most, after },
    sesames: log.filter((line) => line.includes("game: OPEN SESAME")).length,
    logLines: log.length,
    commands: (await scratch.lines("game")).length,
    faults: log.filter((line) => /\.ts:\d|TypeError|RangeError|Uncaught/.test(line)),
    code,
  };
}
