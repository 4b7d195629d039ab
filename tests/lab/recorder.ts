/** What a sniffer on the path keeps, and what can be done with it afterwards. */
import { type Host, PATIENCE_MS, type Process, waitFor } from "./net.ts";

/** A running tcpdump that writes the hits that come to a host into a file. */
export class Recorder {
  /** The recording. */
  readonly file: string;
  readonly #tcpdump: Process;

  private constructor(tcpdump: Process, file: string) {
    this.#tcpdump = tcpdump;
    this.file = file;
  }

  /** Records IPv4 hits for a server, from when this resolves. */
  static async start(on: Host, server: Host, file: string): Promise<Recorder> {
    const options = ["-l", "-nn", "-U", "--print", "--immediate-mode", "-Q", "in"];
    const hits = `dst host ${server.ipv4} and (tcp[tcpflags] == tcp-syn or udp)`;
    const argv = ["tcpdump", ...options, "-i", on.interface, "-w", file, hits];
    // tcpdump would write as a user of its own.
    const tcpdump = on.spawn([...argv.slice(0, 1), "-Z", "root", ...argv.slice(1)]);
    await tcpdump.waitForLine(/listening on/);
    return new Recorder(tcpdump, file);
  }

  /** The ports that were hit, once there are so many. */
  async ports(count: number): Promise<string[]> {
    const seen = () =>
      this.#tcpdump.lines.flatMap((line) => {
        const [, port, kind] = / > \S+\.(\d+): (Flags|UDP)/.exec(line) ?? [];
        return port === undefined ? [] : [kind === "UDP" ? `${port}:udp` : port];
      });
    await waitFor(
      () => seen().length >= count,
      PATIENCE_MS,
      () => `${count}, but ${seen()}`,
    );
    return seen();
  }

  /** Ends the recording. */
  async stop(): Promise<void> {
    await this.#tcpdump.stop();
  }
}

/** How a replayed packet differs from the recorded one. */
export interface Changes {
  /** The address that it claims to come from, in the place of the recorded one. */
  readonly source?: readonly [recorded: string, claimed: string];
  /** Give every packet another TCP sequence number: no copy, a new packet. */
  readonly renumber?: boolean;
}

/** Sends a recording once more, from a host, with tcpreplay. */
export async function replay(from: Host, file: string, changes: Changes): Promise<void> {
  const { stdout } = await from.run(["cat", `/sys/class/net/${from.interface}/address`]);
  const rewritten = `${file}.replayed`;
  const source = changes.source?.map((address) => `${address}/32`).join(":");
  await from.run([
    "tcprewrite",
    `--enet-smac=${stdout.trim()}`,
    "--fixcsum",
    ...(source === undefined ? [] : [`--srcipmap=${source}`]),
    ...(changes.renumber ? ["--tcp-sequence=4711"] : []),
    `--infile=${file}`,
    `--outfile=${rewritten}`,
  ]);
  await from.run(["tcpreplay", "--topspeed", "-i", from.interface, rewritten]);
}
