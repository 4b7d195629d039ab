/** The hits that arrive at a host, as tcpdump sees them. */
import { type Host, PATIENCE_MS, type Process, waitFor } from "./net.ts";

/** A SYN or a datagram. */
export interface SeenHit {
  /** Unix time. */
  readonly seconds: number;
  /** Where it came from. */
  readonly sourcePort: number;
  /** Where it went: `7000`, or `7000:udp`. */
  readonly knock: string;
}

/** A running tcpdump. */
class Sniffer {
  readonly #tcpdump: Process;

  constructor(tcpdump: Process) {
    this.#tcpdump = tcpdump;
  }

  /** The hits until now. */
  get hits(): SeenHit[] {
    const line = /^([\d.]+) IP \S+\.(\d+) > \S+\.(\d+): (tcp|UDP)/;
    return this.#tcpdump.lines.flatMap((text) => {
      const [, seconds, sourcePort, port, protocol] = line.exec(text) ?? [];
      if (protocol === undefined) return [];
      const knock = protocol === "UDP" ? `${port}:udp` : `${port}`;
      return [{ seconds: Number(seconds), sourcePort: Number(sourcePort), knock }];
    });
  }

  /** What was knocked on until now. */
  get knocks(): string[] {
    return this.hits.map(({ knock }) => knock);
  }

  /** Waits until so many hits were seen. */
  async waitForHits(count: number): Promise<void> {
    const story = () => `${count} hits, but ${this.knocks.join(" ")}`;
    await waitFor(() => this.hits.length >= count, PATIENCE_MS, story);
  }

  /** Ends, all that was captured being read. */
  async stop(): Promise<void> {
    await this.#tcpdump.stop();
  }
}

/** Captures on a host what IPv4 hits a filter lets through, from when this resolves. */
export async function sniff(
  host: Host,
  filter = "tcp[tcpflags] == tcp-syn or (udp and dst port not 5353)",
): Promise<Sniffer> {
  const options = ["-l", "-nn", "-tt", "-q", "--immediate-mode", "-Q", "in"];
  const argv = ["tcpdump", ...options, "-i", host.interface, filter];
  const tcpdump = host.spawn(argv);
  await tcpdump.waitForLine(/listening on/);
  return new Sniffer(tcpdump);
}
