/** A daemon on a host of its own, whose doors are real rules, and clients that knock. */
import { Journal } from "../../lib/server/journal/journal.ts";
import { hitFrame, send } from "./frames_sent.ts";
import { type Host, KNOCKD, Network, type Process, waitFor } from "./net.ts";

/** Seconds from a knock to closing. */
export const CMD_TIMEOUT = 2;

/** The doors of the daemon, and their sequences. */
const DOORS = new Map(
  ["a", "b", "c", "d", "e"].map((name, index) => {
    const port = 7000 + 10 * index;
    return [name, [port, port + 1, port + 2]] as const;
  }),
);

/** One that anybody can open, as of a game server, and one whose command never ends. */
const BESIEGED = `
  [doors.game]
  sequence = "27015:udp"
  start_command = ["true"]
  stop_command = ["true"]
  cmd_timeout = 5
  [doors.hang]
  sequence = "6666:udp"
  start_command = "sleep 3600"
  stop_command = "true"
  cmd_timeout = 2
  command_timeout = 5
`;

/** A server with doors, and two clients. */
export class DoorsHost implements AsyncDisposable {
  readonly server: Host;
  readonly #clients: readonly Host[];
  readonly #directory: string;
  readonly #net: Network;
  /** Doors that are there whatever the others are. */
  #more = "";
  #daemon: Process | undefined;

  private constructor(net: Network, hosts: readonly Host[], directory: string) {
    this.#net = net;
    [this.server] = hosts as [Host];
    this.#clients = hosts.slice(1);
    this.#directory = directory;
  }

  static async create(): Promise<DoorsHost> {
    const net = await Network.create();
    const hosts = [];
    for (const name of ["server", "alice", "bob"]) hosts.push(await net.host(name));
    const directory = await Deno.makeTempDir({ prefix: "knockd-doors-" });
    const host = new DoorsHost(net, hosts, directory);
    await host.server.dropIncoming();
    await host.configure();
    return host;
  }

  /** Gives it a door to flood, and one that hangs. */
  async besiege(): Promise<void> {
    this.#more = BESIEGED;
    await this.configure();
  }

  /** So many strangers knock on a door of one port, in a second or so. */
  async flood(port: number, strangers: number): Promise<void> {
    const frames = Array.from({ length: strangers }, (_, n) => {
      const source = `11.${Math.floor(256 * Math.random())}.${n >> 8 & 255}.${n & 255}`;
      return hitFrame(source, this.server.ipv4, `${port}:udp`, n);
    });
    await send(this.#clients[0]!, frames, { perSecond: strangers });
  }

  /** Writes the config, with these doors. */
  async configure(doors: readonly string[] = [...DOORS.keys()]): Promise<void> {
    const rule = (verb: string, { port }: { port: number }) =>
      `["iptables", "-w", "${verb}", "INPUT", "-s", "%IP%", "-p", "tcp", ` +
      `"--dport", "${port}", "-j", "ACCEPT"]`;
    const sections = doors.map((name) => {
      const [port = 0] = DOORS.get(name)!;
      return `
        [doors.${name}]
        sequence = [${DOORS.get(name)!.map((port) => `"${port}:udp"`)}]
        start_command = ${rule("-A", { port })}
        stop_command = ${rule("-D", { port })}
        cmd_timeout = ${CMD_TIMEOUT}
      `;
    });
    const options = `
      [options]
      interface = "eth0"
      log_file = "${this.#directory}/log"
      state_dir = "${this.#directory}/state"
      control = "${this.#directory}/control"
    `;
    const path = `${this.#directory}/knock.toml`;
    await Deno.writeTextFile(`${path}.new`, options + sections.join("") + this.#more);
    await Deno.rename(`${path}.new`, path);
  }

  /** Starts the daemon; it may not hear yet. */
  start(): Process {
    const config = `${this.#directory}/knock.toml`;
    return this.#daemon = this.server.spawn([...KNOCKD, "serve", "-c", config]);
  }

  /** Waits until the daemon hears. */
  async hears(): Promise<void> {
    await this.#daemon!.waitForLine(/^listening on eth0/, 60_000);
  }

  /** Both clients knock on a door, or on all. */
  async knock(doors: Iterable<string> = DOORS.keys()): Promise<void> {
    const ports = [...doors].flatMap((name) => DOORS.get(name)!).join(" ");
    const script = `for port in ${ports}; do
      echo > /dev/udp/${this.server.ipv4}/$port; done`;
    const send = (client: Host) => client.run(["bash", "-c", script], { check: false });
    await Promise.all(this.#clients.map(send));
  }

  /** Rules that let somebody in. */
  async rules(): Promise<string[]> {
    const { stdout } = await this.server.run(["iptables", "-S", "INPUT"]);
    return stdout.split("\n").filter((line) => line.includes("--dport"));
  }

  /** Waits until nobody is let in any more. */
  async closed(timeout: number): Promise<void> {
    let left: string[] = [];
    const isClosed = async () => (left = await this.rules()).length === 0;
    await waitFor(isClosed, timeout, () => `${left.join("\n")}\n${this.log()}`);
  }

  /** All that the daemons logged. */
  log(): string {
    return Deno.readTextFileSync(`${this.#directory}/log`);
  }

  /** Leases in the journal, when no daemon runs. */
  async journalled(): Promise<number> {
    using journal = await Journal.open(`${this.#directory}/state`);
    const { leases, garbled } = journal.leases();
    return leases.length + garbled.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#net[Symbol.asyncDispose]();
    await Deno.remove(this.#directory, { recursive: true });
  }
}
