/** A machine on which nobody has installed anything yet. */
import { type Host, KNOCKD, type Process, type Result } from "./net.ts";

/** A host on which /etc/knockd, /run and /var/lib are empty, and knockd is in PATH. */
export class FreshHost {
  readonly #host: Host;
  readonly #holder: Process;
  readonly #path: string;

  private constructor(host: Host, holder: Process, path: string) {
    this.#host = host;
    this.#holder = holder;
    this.#path = path;
  }

  /** Makes one of a host; the directory gets a program `knockd`. */
  static async create(host: Host, directory: string): Promise<FreshHost> {
    const quoted = KNOCKD.map((word) => `'${word}'`).join(" ");
    await Deno.writeTextFile(`${directory}/knockd`, `#!/bin/sh\nexec ${quoted} "$@"\n`, {
      mode: 0o755,
    });
    const own = "for d in /etc/knockd /var/lib /run; do mkdir -p $d && " +
      "mount -t tmpfs -o mode=755 none $d || exit 1; done; echo ready; exec sleep 600";
    const holder = host.spawn(["sh", "-c", own]);
    await holder.waitForLine(/^ready$/, 20_000);
    return new FreshHost(host, holder, directory);
  }

  /** Starts a shell command on it. */
  spawn(command: string, stdin?: string): Process {
    const argv = ["nsenter", "-t", `${this.#holder.pid}`, "-m", "-n", "sh", "-c"];
    const line = `PATH=${this.#path}:$PATH; export PATH; ${command}`;
    return this.#host.spawn([...argv, line], stdin === undefined ? {} : { stdin });
  }

  /** Runs a shell command on it to its end, whatever comes of it. */
  run(command: string, stdin?: string): Promise<Result> {
    return this.spawn(command, stdin).finish({ check: false, timeout: 60_000 });
  }
}
