/** A host with ten doors, which a great many addresses may have open at once. */
import { requestControl } from "../../lib/server/control/client.ts";
import type { Scratch } from "../lab/daemon.ts";
import { hitFrame, send } from "../lab/frames_sent.ts";
import { type Host, type Network, type Process, sleep, waitFor } from "../lab/net.ts";
import { DEVICE, serveOnWire, SERVER, wiredHosts } from "../lab/wire.ts";

/** What opens its doors: commands that make files, or the kernel. */
export type Opens = "command" | "kernel";

/** How many doors there are. */
export const DOORS = 10;
/** A little less than a door opens in a second at most. */
const A_SECOND = 90;
const FIRST_PORT = 7000;

/** The host, and its doors. */
export class LeasedHost {
  readonly scratch: Scratch;
  readonly server: Host;
  readonly client: Host;
  readonly opens: Opens;
  readonly config: string;
  /** The longest wait for an answer to `knockd status`, milliseconds. */
  slowestStatus = 0;

  private constructor(
    scratch: Scratch,
    hosts: [Host, Host],
    opens: Opens,
    config: string,
  ) {
    this.scratch = scratch;
    [this.server, this.client] = hosts;
    this.opens = opens;
    this.config = config;
  }

  static async create(scratch: Scratch, net: Network, opens: Opens): Promise<LeasedHost> {
    const hosts = await wiredHosts(net);
    if (opens === "command") await hosts[0].dropIncoming();
    await Deno.mkdir(scratch.path("open"));
    const doors = Array.from({ length: DOORS }, (_, n) => door(scratch, n, opens));
    const log = `log_file = "${scratch.path("log")}"`;
    const config = await scratch.config(doors.join(""), log);
    return new LeasedHost(scratch, hosts, opens, config);
  }

  async start(): Promise<Process> {
    const daemon = await serveOnWire(this.server, this.config);
    // On a busy machine it hears long before it answers.
    const answers = () => this.leases().then(() => true, () => false);
    await waitFor(answers, 60_000, "the daemon to answer");
    return daemon;
  }

  /** Knocks on every door from so many addresses each; others ask how it is meanwhile. */
  async knock(each: number): Promise<void> {
    const frames = Array.from({ length: each * DOORS }, (_, n) => {
      const ip = addressOf(Math.floor(n / DOORS));
      return hitFrame(ip, SERVER, `${FIRST_PORT + n % DOORS}:udp`, n);
    });
    let knocking = true;
    const all = this.#send(frames).finally(() => knocking = false);
    while (knocking) {
      await this.leases();
      await sleep(300);
    }
    await all;
  }

  /** Leases that there are, and those whose start command has ended. */
  async leases(): Promise<{ all: number; open: number }> {
    const answer = await this.#status() as { leases: { stage: string }[] };
    const open = answer.leases.filter(({ stage }) => stage === "open").length;
    return { all: answer.leases.length, open };
  }

  /** Has all closed; the answer does not wait for those that take long. */
  async closeAll(): Promise<void> {
    await requestControl(this.scratch.path("sock"), { command: "close", all: true });
  }

  /** Doors that are open, by what their commands made, or as the kernel has them. */
  async openDoors(): Promise<number> {
    if (this.opens === "command") {
      return (await Array.fromAsync(Deno.readDir(this.scratch.path("open")))).length;
    }
    const { stdout } = await this.server.run(["nft", "list", "table", "inet", "knockd"]);
    return stdout.match(/11\.1\.\d+\.\d+ timeout/g)?.length ?? 0;
  }

  async #send(frames: readonly Uint8Array[]): Promise<void> {
    const perSecond = A_SECOND * DOORS;
    const size = perSecond * 10;
    for (let at = 0; at < frames.length; at += size) {
      await send(this.client, frames.slice(at, at + size), { device: DEVICE, perSecond });
    }
  }

  async #status(): Promise<unknown> {
    const asked = performance.now();
    const socket = this.scratch.path("sock");
    const answer = await requestControl(socket, { command: "status" }, 60_000);
    this.slowestStatus = Math.max(this.slowestStatus, performance.now() - asked);
    return answer;
  }
}

function door(scratch: Scratch, n: number, opens: Opens): string {
  const file = scratch.path(`open/${n}.%IP%`);
  const how = opens === "kernel"
    ? `open = ${4000 + n}`
    : `start_command = ["touch", "${file}"]\nstop_command = ["rm", "${file}"]`;
  return `[doors.d${n}]
sequence = "${FIRST_PORT + n}:udp"
${how}
cmd_timeout = 3600
max_open = 20000
`;
}

function addressOf(n: number): string {
  return `11.1.${n >> 8 & 255}.${n & 255}`;
}
