/** A daemon on a host whose interfaces come and go, and a client that tries to be heard. */
import { Scratch } from "./daemon.ts";
import { type Host, KNOCKD, Network, type Process, waitFor } from "./net.ts";

/** "Heard within a second of being there", and some for a busy test machine. */
const SOON = 10_000;

const PORTS = [7000, 7001, 7002];

interface InterfaceStatus {
  interface: string;
  hears: boolean;
  addresses: string[];
  reason: string;
}

/** A daemon that listens on these, and a client beside it. */
export class HeardHost implements AsyncDisposable {
  readonly server: Host;
  readonly client: Host;
  readonly #stack: AsyncDisposableStack;
  readonly #scratch: Scratch;
  readonly #config: string;
  readonly #daemon: Process;
  #read = 0;

  private constructor(
    hosts: [server: Host, client: Host],
    scratch: Scratch,
    config: string,
    stack: AsyncDisposableStack,
  ) {
    [this.server, this.client] = hosts;
    this.#scratch = scratch;
    this.#config = config;
    this.#stack = stack;
    this.#daemon = this.server.spawn([...KNOCKD, "serve", "-c", config]);
  }

  /** Starts the daemon; it knows whether it hears when this resolves. */
  static async create(
    interfaces: readonly string[],
    prepare: (host: { server: Host; client: Host }) => Promise<void> = async () => {},
  ): Promise<HeardHost> {
    await using stack = new AsyncDisposableStack();
    const scratch = stack.use(await Scratch.create());
    const net = stack.use(await Network.create());
    const server = await net.host("server");
    const client = await net.host("client");
    await prepare({ server, client });
    const config = await scratch.write(
      "knock.toml",
      `[options]
interface = ${JSON.stringify(interfaces)}
state_dir = "${scratch.path("state")}"
control = "${scratch.path("sock")}"
[doors.a]
sequence = [${PORTS.map((port) => `"${port}:udp"`)}]
command = 'echo %IP% >> ${scratch.path("opened")}'
`,
    );
    const host = new HeardHost([server, client], scratch, config, stack.move());
    // The control socket is the last thing that a daemon opens.
    await waitFor(
      () => Deno.stat(scratch.path("sock")).then(() => true, () => false),
      // In another kernel, in a slow minute, it takes longer than most tests.
      60_000,
      () => `a daemon that runs\n${host.#daemon.lines.join("\n")}`,
    );
    return host;
  }

  /** Runs ip(8) on the server. */
  async ip(command: string): Promise<string> {
    return (await this.server.run(["ip", ...command.split(" ")])).stdout;
  }

  /** A cable from the server's device to one of the same name at the client. */
  async plug(device: string, subnet: string): Promise<void> {
    await this.ip(
      `link add ${device} type veth peer name ${device} netns ${this.client.namespace}`,
    );
    const address = ["ip", "address", "replace", `${subnet}.2/24`, "dev", device];
    await this.client.run(address);
    await this.client.run(["ip", "link", "set", device, "up"]);
    await this.ip(`address add ${subnet}.1/24 dev ${device}`);
    await this.ip(`link set ${device} up`);
  }

  /** Knocks until the door opens, which has to be soon; gives how often it knocked. */
  async opensSoon(address: string, from: Host = this.client): Promise<number> {
    const count = (await this.opened()).length;
    const hasOpened = async () => (await this.opened()).length > count;
    let knocks = 0;
    // The first may be lost to address resolution, whose answer is on its way.
    const tryOnce = async () => {
      await this.knock(address, from);
      knocks++;
      return await waitFor(hasOpened, 200).then(() => true, () => false);
    };
    const story = () => `${address} is heard\n${this.#daemon.lines.join("\n")}`;
    await waitFor(tryOnce, SOON, story);
    return knocks;
  }

  /** Knocks once. */
  async knock(address: string, from: Host = this.client): Promise<void> {
    const script = PORTS.map((port) => `echo > /dev/udp/${address}/${port}`).join("; ");
    await from.run(["bash", "-c", script], { check: false });
  }

  /** For whom the door was opened. */
  opened(): Promise<string[]> {
    return this.#scratch.lines("opened");
  }

  /** The next that the log says of interfaces, in short: `k0 listening`, `k0 deaf`. */
  async news(): Promise<string> {
    let news: string | undefined;
    await waitFor(
      () => {
        while (news === undefined && this.#read < this.#daemon.lines.length) {
          news = newsIn(this.#daemon.lines[this.#read++]!);
        }
        return news !== undefined;
      },
      SOON,
      () => `news after\n${this.#daemon.lines.join("\n")}`,
    );
    return news!;
  }

  /** What the log has said of interfaces beyond what `news` gave. */
  unread(): string[] {
    return this.#daemon.lines.slice(this.#read).flatMap((line) => newsIn(line) ?? []);
  }

  /** What `knockd status` says. */
  async status(): Promise<InterfaceStatus[]> {
    const argv = [...KNOCKD, "status", "--json", "-c", this.#config];
    return JSON.parse((await this.server.run(argv)).stdout).interfaces;
  }

  /** Who hears, as `knockd status` says: `k0 hears`, `k1 deaf`. */
  async hearing(): Promise<string[]> {
    const rows = await this.status();
    return rows.map((row) => `${row.interface} ${row.hears ? "hears" : "deaf"}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

function newsIn(line: string): string | undefined {
  const [, not, name] = /^(not )?listening on (\S+?):? /.exec(line) ?? [];
  return name && `${name} ${not === undefined ? "listening" : "deaf"}`;
}
