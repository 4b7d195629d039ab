/** Captures on hosts in network namespaces, and what the tests of them send. */
import { savefile } from "../core/frames.ts";
import { type Host, Network, PATIENCE_MS, type Process, waitFor } from "./net.ts";

/** The beginning of a command line that runs a script of ours. */
export const DENO = [Deno.execPath(), "run", "--allow-all"];
/** The program that captures. */
export const DRIVER = new URL("./capture_driver.ts", import.meta.url).pathname;

/** "Heard within a second of being there", and some for a busy test machine. */
export const SOON = 10_000;

/** What the driver prints, in the parts that are there. */
export interface Line {
  kind: string;
  interface?: string;
  addresses?: string[];
  reason?: string;
  linkType?: number;
  port?: number;
  delay?: number;
  flood?: number;
  cpu?: number;
  memory?: number;
  interfaces?: { interface: string; hears: boolean; packets: number; dropped: number }[];
  before?: string;
  now?: string;
  ms?: number;
  message?: string;
  hint?: string;
}

/** A capture on a host. */
class Driver {
  readonly process: Process;
  #read = 0;

  constructor(host: Host, interfaces: string[], filter = "udp or tcp") {
    this.process = host.spawn([...DENO, DRIVER, filter, ...interfaces]);
  }

  /** The next line of these kinds; others are passed over. */
  async next(kinds: string[], timeout = SOON): Promise<Line> {
    let found: Line | undefined;
    await waitFor(
      () => {
        while (found === undefined && this.#read < this.process.lines.length) {
          const text = this.process.lines[this.#read++]!;
          // libpcap itself writes to standard error that a filter did not fit.
          const line = (text.startsWith("{") ? JSON.parse(text) : { kind: "" }) as Line;
          if (kinds.includes(line.kind)) found = line;
        }
        return found !== undefined;
      },
      timeout,
      () => `${kinds} after\n${this.process.lines.join("\n")}\n${this.process.stderr}`,
    );
    return found!;
  }

  /** The next that is said of an interface, in short words. */
  async news(timeout = SOON): Promise<string> {
    const line = await this.next(["listening", "deaf", "left", "slow"], timeout);
    return `${line.interface} ${line.kind}`;
  }

  /** Waits until it hears. */
  async hears(): Promise<void> {
    while (!(await this.news()).endsWith("listening"));
  }

  /** The port of the next packet. */
  async port(): Promise<number> {
    return (await this.next(["packet"])).port!;
  }

  async ask(signal: Deno.Signal, kind: string): Promise<Line> {
    this.process.kill(signal);
    return await this.next([kind]);
  }

  /** The status once so many packets of floods have been heard, or counted as lost. */
  async accounted(packets: number): Promise<Line> {
    let status: Line;
    await waitFor(async () => {
      status = await this.ask("SIGHUP", "status");
      return status.flood! + status.interfaces![0]!.dropped >= packets;
    }, PATIENCE_MS);
    return status!;
  }
}

/** Two hosts, with a capture on the first. */
export async function hosts(interfaces = ["eth0"], filter?: string, defaultRoute = true) {
  await using stack = new AsyncDisposableStack();
  const net = stack.use(await Network.create());
  const server = await net.host("server", { defaultRoute });
  const client = await net.host("client");
  const driver = new Driver(server, interfaces, filter);
  // The first start also compiles.
  await waitFor(() => driver.process.lines.length > 1, 10_000, "start");
  const ip = (command: string) => server.run(["ip", ...command.split(" ")]);
  const kept = stack.move();
  return {
    server,
    client,
    driver,
    ip,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Sends one datagram to a closed port. */
export async function knock(from: Host, address: string, port: number): Promise<void> {
  await from.run(["bash", "-c", 'echo >"/dev/udp/$0/$1"', address, String(port)]);
}

/** Sends frames at top speed; what tcpreplay says of it. */
export async function replay(
  from: Host,
  device: string,
  frames: Uint8Array[],
  loops: number,
) {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await Deno.writeFile(path, savefile(1, frames));
    const options = ["-K", "-i", device, "--topspeed", "--loop", String(loops)];
    return (await from.run(["tcpreplay", ...options, path])).stdout;
  } finally {
    await Deno.remove(path);
  }
}
