/** Hosts on one switch, each a network namespace: `await using net = await Network.create()`. */

import {
  Process,
  type Result,
  run,
  type RunOptions,
  type SpawnOptions,
  waitFor,
} from "./process.ts";

export { KNOCKD, MAIN } from "./program.ts";
export {
  PATIENCE_MS,
  Process,
  repeatUntil,
  type Result,
  run,
  sleep,
  waitFor,
} from "./process.ts";

/** What a host starts with. */
export interface HostOptions {
  /** Give it a default route through eth0; default true. */
  readonly defaultRoute?: boolean;
}

/** A host with a real network stack of its own. */
export class Host {
  /** The interface that joins it to the others. */
  readonly interface = "eth0";
  readonly ipv4: string;
  readonly ipv6: string;
  /** The name of its network namespace. */
  readonly namespace: string;
  readonly #processes: Process[] = [];

  constructor(namespace: string, number: number) {
    this.namespace = namespace;
    this.ipv4 = `10.77.0.${number}`;
    this.ipv6 = `fd77::${number.toString(16)}`;
  }

  /** Runs a program on this host to its end. */
  run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    return this.spawn(argv, options).finish(options);
  }

  /** Starts a program on this host; it ends with the network at the latest. */
  spawn(argv: readonly string[], options: SpawnOptions = {}): Process {
    const started = new Process(
      ["ip", "netns", "exec", this.namespace, ...argv],
      options,
    );
    this.#processes.push(started);
    return started;
  }

  /** Whether a TCP connection from this host is accepted. */
  async canConnect(address: string, port: number, timeout = 1500): Promise<boolean> {
    const connect = ["bash", "-c", 'exec 3<>"/dev/tcp/$0/$1"', address, String(port)];
    const argv = ["timeout", String(timeout / 1000), ...connect];
    return (await this.run(argv, { check: false })).code === 0;
  }

  /** A TCP listener on all addresses of this host, accepting when this resolves. */
  async listen(port: number): Promise<Process> {
    const script = new URL("./listener.ts", import.meta.url).pathname;
    const argv = [Deno.execPath(), "run", "--no-config", "--allow-net", script];
    const listener = this.spawn([...argv, String(port)]);
    await listener.waitForLine(/^listening$/);
    return listener;
  }

  /** Sets iptables and ip6tables to drop what comes in, but answers and ping. */
  async dropIncoming(): Promise<void> {
    const rules = ["*filter", ":INPUT DROP", "-A INPUT -i lo -j ACCEPT"];
    const answers = "-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT";
    const table = (ping: string) => [...rules, answers, ping, "COMMIT", ""].join("\n");
    const ping4 = "-A INPUT -p icmp -j ACCEPT";
    const ping6 = "-A INPUT -p ipv6-icmp -j ACCEPT";
    await this.run(["iptables-restore"], { stdin: table(ping4) });
    await this.run(["ip6tables-restore"], { stdin: table(ping6) });
  }

  /** Ends every program started here, those that went to the background included. */
  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((started) => started.stop("SIGTERM", 2000)));
    await endAllIn(this.namespace);
  }
}

/** One switch and the hosts on it; disposing removes all of it. */
export class Network implements AsyncDisposable {
  readonly #prefix = `knockd-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
  readonly #namespaces: string[] = [];
  readonly #hosts: Host[] = [];

  /** A switch without hosts. */
  static async create(): Promise<Network> {
    await removeAbandoned();
    const net = new Network();
    const plug = "link add switch type bridge mcast_snooping 0\nlink set switch up\n";
    try {
      await ipBatch(await net.#namespace("switch"), plug);
    } catch (error) {
      await net[Symbol.asyncDispose]();
      throw error;
    }
    return net;
  }

  /** A new host on the switch: 10.77.0.1 and fd77::1 are the first's addresses. */
  async host(name: string, options: HostOptions = {}): Promise<Host> {
    const number = this.#hosts.length + 1;
    const namespace = await this.#namespace(name);
    const host = new Host(namespace, number);
    this.#hosts.push(host);
    await ipBatch(
      `${this.#prefix}-switch`,
      `link add port${number} type veth peer name eth0 netns ${namespace}
       link set port${number} master switch up`,
    );
    await ipBatch(
      namespace,
      `link set lo up
       link set eth0 up
       address add ${host.ipv4}/24 dev eth0
       address add ${host.ipv6}/64 dev eth0 nodad
       ${options.defaultRoute === false ? "" : "route add default dev eth0"}`,
    );
    return host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.stop()));
    for (const name of this.#namespaces.splice(0)) {
      await run(["ip", "netns", "delete", name]);
    }
  }

  async #namespace(name: string): Promise<string> {
    const namespace = `${this.#prefix}-${name}`;
    await run(["ip", "netns", "add", namespace]);
    this.#namespaces.push(namespace);
    return namespace;
  }
}

/** Why no network can be made here; undefined where it can. */
export async function networkObstacle(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "network namespaces need Linux";
  if (Deno.uid() !== 0) return "network namespaces need root";
  try {
    await using net = await Network.create();
    await net.host("probe");
    return undefined;
  } catch (error) {
    return `no network namespace can be made: ${(error as Error).message}`;
  }
}

/** Kills whatever runs in a namespace, and waits for its end: it may write until then. */
async function endAllIn(namespace: string): Promise<void> {
  await waitFor(async () => {
    const left = await run(["ip", "netns", "pids", namespace], { check: false });
    const pids = left.stdout.split("\n").map(Number).filter(Boolean);
    for (const pid of pids) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return pids.length === 0;
  });
}

/** Removes what runs that were killed left: their process is in the namespaces' names. */
async function removeAbandoned(): Promise<void> {
  const { stdout } = await run(["ip", "netns", "list"]);
  for (const [namespace, pid] of stdout.matchAll(/^knockd-(\d+)-[0-9a-f]{8}-\S+/gm)) {
    if (await Deno.stat(`/proc/${pid}`).then(() => true, () => false)) continue;
    await endAllIn(namespace);
    await run(["ip", "netns", "delete", namespace], { check: false });
  }
}

async function ipBatch(namespace: string, commands: string): Promise<void> {
  await run(["ip", "-n", namespace, "-batch", "-"], { stdin: commands });
}
