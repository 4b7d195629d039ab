/** Machines of one fleet, each with a member of etcd, and somebody who knocks. */
import type { OtpSettings } from "../../lib/core/door.ts";
import { formatSecret } from "../../lib/core/one_time/secret_text.ts";
import { Secret } from "../../lib/core/secret.ts";
import type { Status } from "../../lib/server/status.ts";
import { knock, recordingDoor, Scratch } from "./daemon.ts";
import { Etcd } from "./etcd.ts";
import { type Host, KNOCKD, Network, type Process, waitFor } from "./net.ts";
import { alice, bob, type Member, RotatingDoor } from "./one_time.ts";

const SECRET = formatSecret(new Secret(new Uint8Array(32).fill(7)));
const START_MS = 60_000;
/** The program faketime would stay between a test and the daemon. */
const FAKED = [
  "LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1",
  "FAKETIME_DONT_FAKE_MONOTONIC=1",
];

/** What a test may want otherwise. */
export interface FleetOptions {
  /** Seconds from a knock to closing. */
  readonly cmdTimeout?: number;
  readonly alone?: "shut" | "open";
  /** Who may open the rotating door; alice and bob without it. */
  readonly members?: readonly Member[];
  /** What is otherwise with that door. */
  readonly otp?: Partial<OtpSettings>;
  /** Whose doors they are: of commands that write down what they do, or the kernel's. */
  readonly opens?: "commands" | "kernel";
  /** Machines whose door follows the others'. */
  readonly followers?: readonly string[];
}

/** A machine of the fleet. */
export class FleetHost {
  readonly name: string;
  readonly host: Host;
  readonly scratch: Scratch;
  readonly door: RotatingDoor;
  readonly #config: string;
  #daemon: Process | undefined;

  constructor(
    name: string,
    host: Host,
    scratch: Scratch,
    door: RotatingDoor,
    config: string,
  ) {
    this.name = name;
    this.host = host;
    this.scratch = scratch;
    this.door = door;
    this.#config = config;
  }

  /** The daemon that runs, or ran last. */
  get daemon(): Process {
    return this.#daemon!;
  }

  /** Starts a daemon, by a clock so many seconds off; it hears, where it does, by then. */
  async start(ahead = 0): Promise<void> {
    const argv = [...KNOCKD, "serve", "-c", this.#config];
    const clock = [`FAKETIME=${ahead < 0 ? "" : "+"}${ahead}`, ...FAKED];
    this.#daemon = this.host.spawn(ahead === 0 ? argv : ["env", ...clock, ...argv]);
    await this.#daemon.waitForLine(/^listening on eth0|follows the fleet/, START_MS);
  }

  /** Waits until it is in its fleet; `from`: lines of its log that don't count. */
  async joined(from = 0): Promise<void> {
    await this.daemon.waitForLine(/^in the fleet test/, START_MS, from);
  }

  /** Runs a subcommand that talks to the daemon. */
  async knockd(...args: string[]): Promise<string> {
    const own = ["fleet", "revoke", "doctor"].includes(args[0] ?? "")
      ? ["-c", this.#config]
      : ["--control", this.scratch.path("sock")];
    const options = { check: false, timeout: 60_000 };
    const { stdout, stderr } = await this.host.run([...KNOCKD, ...args, ...own], options);
    return stdout + stderr;
  }

  /** What its status says. */
  async status(): Promise<Status> {
    return JSON.parse(await this.knockd("status", "--json"));
  }

  /** The doors that are open here, as "door ip". */
  async open(): Promise<string[]> {
    const { leases } = await this.status();
    return leases.map(({ door, ip }) => `${door} ${ip}`);
  }

  /** Whom the kernel lets in to which ports, and for how many seconds more. */
  async letsIn(): Promise<Map<string, number>> {
    const { stdout } = await this.host.run([
      "nft",
      "-j",
      "list",
      "table",
      "inet",
      "knockd",
    ]);
    return letIn(JSON.parse(stdout).nftables);
  }
}

/** A fleet. */
export class FleetHosts implements AsyncDisposable {
  readonly etcd: Etcd;
  readonly nodes: readonly FleetHost[];
  readonly client: Host;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    stack: AsyncDisposableStack,
    etcd: Etcd,
    nodes: readonly FleetHost[],
    client: Host,
  ) {
    this.#stack = stack;
    this.etcd = etcd;
    this.nodes = nodes;
    this.client = client;
  }

  /** Three machines whose daemons run, and a fourth that knocks. */
  static async start(options: FleetOptions = {}): Promise<FleetHosts> {
    await using stack = new AsyncDisposableStack();
    const common = stack.use(await Scratch.create());
    const net = stack.use(await Network.create());
    const hosts: Host[] = [];
    for (const name of ["a", "b", "c"]) hosts.push(await net.host(name));
    const client = await net.host("client");
    const etcd = await Etcd.start(common, hosts);
    const nodes: FleetHost[] = [];
    for (const [index, host] of hosts.entries()) {
      const name = ["a", "b", "c"][index]!;
      const scratch = stack.use(await Scratch.create());
      nodes.push(await makeNode(name, host, scratch, etcd, options));
    }
    await Promise.all(nodes.map((node) => node.start()));
    await Promise.all(nodes.map((node) => node.joined()));
    return new FleetHosts(stack.move(), etcd, nodes, client);
  }

  /** The machine of that name. */
  node(name: string): FleetHost {
    return this.nodes.find((node) => node.name === name)!;
  }

  /**
   * Alice knocks at a node, with this counter and the next ones, until it lets her in: an
   * election among the members may take longer than a knock waits. Gives the counter that did.
   */
  async letIn({ host, daemon, door }: FleetHost, first: number): Promise<number> {
    for (let counter = first; counter < first + 8; counter++) {
      const from = daemon.lines.length;
      await knock(this.client, host.ipv4, ...door.ports(alice, counter));
      const answer = /ssh: (alice knocked with counter (\d+)|refused \(alice\))/;
      const [, , used] = await daemon.waitForLine(answer, 60_000, from);
      if (used !== undefined) return Number(used);
    }
    throw new Error(daemon.lines.join("\n"));
  }

  /** Waits until exactly these are open on these nodes. */
  async waitForOpen(open: readonly string[], nodes = this.nodes): Promise<void> {
    for (const node of nodes) {
      let found: string[] = [];
      await waitFor(
        async () => `${(found = await node.open()).sort()}` === `${[...open].sort()}`,
        30_000,
        () => `${open} at ${node.name}, but ${found}\n${node.daemon.lines.join("\n")}`,
      );
    }
  }

  /** Waits until the kernels let in the same addresses, for as long as one another. */
  async waitForEqual(nodes = this.nodes): Promise<Map<string, number>> {
    let found: Map<string, number>[] = [];
    await waitFor(
      async () => {
        found = await Promise.all(nodes.map((node) => node.letsIn()));
        return found.every((each) => areEqual(each, found[0]!));
      },
      30_000,
      () => JSON.stringify(found.map((each) => [...each])),
    );
    return found[0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}

/** Seconds: etcd counts whole ones, and asking three kernels takes a moment. */
const TOLERANCE = 3;

function areEqual(one: Map<string, number>, other: Map<string, number>): boolean {
  return one.size === other.size &&
    [...one].every(([whom, left]) =>
      Math.abs(left - (other.get(whom) ?? Infinity)) <= TOLERANCE
    );
}

interface NftElement {
  readonly elem?: { readonly val: unknown; readonly expires: number };
}

function letIn(
  objects: readonly { set?: { name: string; elem?: readonly NftElement[] } }[],
): Map<string, number> {
  return new Map(
    objects.flatMap(({ set }) =>
      (set?.elem ?? []).flatMap(({ elem }) =>
        elem === undefined
          ? []
          : [[`${set!.name} ${JSON.stringify(elem.val)}`, elem.expires] as const]
      )
    ),
  );
}

async function makeNode(
  name: string,
  host: Host,
  scratch: Scratch,
  etcd: Etcd,
  options: FleetOptions,
): Promise<FleetHost> {
  const { cmdTimeout = 300, alone = "shut", followers = [] } = options;
  const { members = [alice, bob], otp, opens = "commands" } = options;
  const record = (what: string, door: string) =>
    `'echo "${what} ${door} %IP%" >> ${scratch.path("did")}'`;
  const commands = (door: string) => [
    `start_command = ${record("open", door)}`,
    `stop_command = ${record("shut", door)}`,
  ];
  const ports: Record<string, number> = { ssh: 22, web: 80, db: 5432 };
  const lines = (door: string) => [
    ...opens === "kernel" ? [`open = ${ports[door]}`] : commands(door),
    `cmd_timeout = ${cmdTimeout}`,
    'group = "g"',
  ];
  const door = new RotatingDoor(scratch, "ssh", members, { mode: "hotp", ...otp }, [
    ...lines("ssh"),
    `alone = "${alone}"`,
  ]);
  const web = ["[doors.web]", 'sequence = "7001,7002,7003"', ...lines("web"), ""];
  const own = recordingDoor(scratch, "own", "7101,7102,7103");
  const follow = ["[doors.db]", 'follow = "ssh"', ...lines("db"), ""].join("\n");
  const doors = followers.includes(name)
    ? follow
    : [door.text, web.join("\n"), own].join("\n");
  const config = await scratch.config(await etcd.table(name, SECRET) + doors);
  return new FleetHost(name, host, scratch, door, config);
}
