/** The daemon on a host, with a config and a directory of its own, and knocks for it. */

import { Journal } from "../../lib/server/journal/journal.ts";
import { DistinctPorts } from "./distinct_ports.ts";
import {
  type Host,
  KNOCKD,
  PATIENCE_MS,
  type Process,
  repeatUntil,
  waitFor,
} from "./net.ts";

/** How long the first start may take: it also compiles, or unpacks. */
const START_MS = 20_000;

/** A directory for a daemon's config, state and log, and for what its commands write. */
export class Scratch implements AsyncDisposable {
  readonly directory: string;
  /** The ports of its rotating doors. */
  readonly ports = new DistinctPorts();

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<Scratch> {
    return new Scratch(await Deno.makeTempDir({ prefix: "knockd-daemon-" }));
  }

  path(name: string): string {
    return `${this.directory}/${name}`;
  }

  /** Writes a file that only its owner may read; gives its path. */
  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = this.path(name);
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    await Deno.writeFile(path, bytes, { mode: 0o600 });
    return path;
  }

  /** A knock.toml with these doors, and the journal that `knockd enroll` would have made. */
  async config(doors: string, options = ""): Promise<string> {
    if (doors.includes(".otp]")) {
      (await Journal.open(this.path("state")))[Symbol.dispose]();
    }
    const files = `state_dir = "${this.path("state")}"\ncontrol = "${this.path("sock")}"`;
    const head = `[options]\ninterface = "eth0"\n${files}\n${options}\n`;
    return await this.write("knock.toml", head + doors);
  }

  /** The lines of a file; none if there is no such file. */
  async lines(name: string): Promise<string[]> {
    const text = await Deno.readTextFile(this.path(name)).catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  /** Waits until a file has so many lines, and gives them. */
  async waitForLines(
    name: string,
    count: number,
    timeout = PATIENCE_MS,
  ): Promise<string[]> {
    let lines: string[] = [];
    await waitFor(
      async () => (lines = await this.lines(name)).length >= count,
      timeout,
      () => `${count} lines in ${name}, but\n${lines.join("\n")}`,
    );
    return lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** A door that writes its name and the knocker's address to a file when it opens. */
export function recordingDoor(
  scratch: Scratch,
  name: string,
  sequence: string,
  more = "",
): string {
  const command = `echo "${name} %IP%" >> ${scratch.path("opened")}`;
  return `[doors.${name}]\nsequence = "${sequence}"\ncommand = '${command}'\n${more}\n`;
}

/** A door that lets the knocker in by iptables or ip6tables, for so many seconds. */
export function firewallDoor(
  name: string,
  sequence: string,
  seconds: number,
  port = 22,
): string {
  const rule = (tool: string, verb: string) =>
    `"${tool} -w ${verb} INPUT -s %IP% -p tcp --dport ${port} -j ACCEPT"`;
  return `[doors.${name}]
sequence = "${sequence}"
start_command = ${rule("iptables", "-I")}
stop_command = ${rule("iptables", "-D")}
start_command_6 = ${rule("ip6tables", "-I")}
stop_command_6 = ${rule("ip6tables", "-D")}
cmd_timeout = ${seconds}
`;
}

/** Starts the daemon; it hears when this resolves. */
export async function serve(
  host: Host,
  config: string,
  args: readonly string[] = [],
): Promise<Process> {
  const daemon = host.spawn([...KNOCKD, "serve", "-c", config, ...args]);
  await daemon.waitForLine(/listening on eth0 \(/, START_MS);
  return daemon;
}

/** knockd 0.8's command line on a host whose /var/lib and /run are its own. */
export function classically(program: readonly string[], ...args: string[]): string[] {
  const own = "for d in /var/lib /run; do mkdir -p $d && " +
    'mount -t tmpfs -o mode=755 none $d || exit 1; done; exec "$@"';
  return ["sh", "-c", own, "sh", ...program, ...args];
}

/** Waits for a line of the daemon's that begins where the others ended. */
export async function afterwards(
  daemon: Process,
  pattern: RegExp,
  act: () => Promise<unknown>,
): Promise<void> {
  const from = daemon.lines.length;
  await act();
  await daemon.waitForLine(pattern, PATIENCE_MS, from);
}

/**
 * Waits until Debian's knockd, started with -v, hears: that it listens it says a moment
 * before. The probe is a host that knocks at no door, and the port some door's first.
 */
export async function untilHeard(
  daemon: Process,
  probe: Host,
  address: string,
  port: string,
): Promise<void> {
  const isHeard = (line: string) => line.startsWith(`${probe.ipv4}: `);
  await repeatUntil(
    () => daemon.lines.some(isHeard),
    () => knock(probe, address, port),
  );
}

/** Knocks as Debian's knock does. */
export async function knock(
  from: Host,
  address: string,
  ...ports: readonly (string | number)[]
): Promise<void> {
  const family = address.includes(":") ? ["-6"] : [];
  await from.run(["/usr/bin/knock", ...family, address, ...ports.map(String)]);
}

/** The rules that a host's firewall was given for knockers. */
export async function openings(host: Host): Promise<string[]> {
  const rules = await Promise.all(
    ["iptables", "ip6tables"].map((tool) => host.run([tool, "-w", "-S", "INPUT"])),
  );
  return rules.flatMap(({ stdout }) =>
    stdout.split("\n").filter((rule) => rule.includes(" -s "))
  );
}
