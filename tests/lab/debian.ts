/** Minimal Debian systems: one is made, and each test has a layer of its own above it. */

import { Process, type Result, run, type RunOptions, waitFor } from "./process.ts";

/** What is installed in them before a test begins: an init, which a test may start. */
const INSTALLED = ["systemd-sysv", "dbus", "iproute2"];
/** Packages that can be installed without a network. */
const AT_HAND = "libpcap0.8 nftables libnftables1 logrotate knockd iptables";
const BOOT_MS = 120_000;
/** A directory that an earlier run has left, for whoever works on these tests. */
const MADE = Deno.env.get("KNOCKD_TEST_DEBIAN");

/** A minimal Debian 12, which nobody writes to. */
export class Debian implements AsyncDisposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes one, from Debian's packages; or takes that of KNOCKD_TEST_DEBIAN. */
  static async create(): Promise<Debian> {
    if (MADE !== undefined) return new Debian(MADE);
    const directory = await Deno.makeTempDir({ prefix: "knockd-debian-" });
    const hook = `chroot "$1" apt-get install -q -y --download-only ${AT_HAND}`;
    await run([
      ...["mmdebstrap", "--quiet", "--variant=minbase", "--skip=cleanup/apt"],
      ...[`--include=${INSTALLED}`, `--customize-hook=${hook}`],
      ...["bookworm", `${directory}/root`],
    ], { timeout: 580_000 });
    return new Debian(directory);
  }

  get root(): string {
    return `${this.directory}/root`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (MADE !== undefined) return;
    await run(["rm", "-rf", "--one-file-system", this.directory]);
  }
}

/** How a system begins. */
export interface MachineOptions {
  /** Whether systemd runs it; otherwise no service manager does. */
  readonly booted: boolean;
  /** Megabytes that may be written to it; default 1000. */
  readonly megabytes?: number;
}

/** A running system on a network namespace, its disk in memory. */
export class Machine implements AsyncDisposable {
  readonly #layers: string;
  readonly #nspawn: Process;
  #leader = 0;

  private constructor(layers: string, nspawn: Process) {
    this.#layers = layers;
    this.#nspawn = nspawn;
  }

  /** Starts one; with systemd, it has booted when this resolves. */
  static async start(
    debian: Debian,
    namespace: string,
    { booted, megabytes = 1000 }: MachineOptions,
  ): Promise<Machine> {
    const layers = await Deno.makeTempDir({ prefix: "knockd-machine-" });
    const root = await mountLayers(debian.root, layers, megabytes);
    const nspawn = new Process([
      ...["systemd-nspawn", "--quiet", "--register=no", "--keep-unit"],
      ...["--resolv-conf=off", "--link-journal=no", "--console=pipe"],
      ...[`--machine=${layers.split("/").at(-1)}`, "--timezone=off"],
      ...["--capability=CAP_NET_ADMIN,CAP_NET_RAW"],
      ...[`--network-namespace-path=/run/netns/${namespace}`, "--directory", root],
      ...booted ? ["--boot"] : ["--as-pid2", "sleep", "3600"],
    ]);
    const machine = new Machine(layers, nspawn);
    try {
      await machine.#waitUntilUp(namespace, booted);
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
    return machine;
  }

  /** Runs a program in it. */
  run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    const inside = ["nsenter", "-t", String(this.#leader), "-m", "-u", "-i", "-n", "-p"];
    const env = [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ...["DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "HOME=/root"],
    ];
    return run(
      [...inside, "-r", "-w", "env", "-i", ...env, ...argv],
      { timeout: 180_000, ...options },
    );
  }

  /** Runs a line of a shell in it; gives what it printed, both streams. */
  async shell(line: string): Promise<string> {
    const { stdout, stderr } = await this.run(["sh", "-ec", line]);
    return stdout + stderr;
  }

  /** Whether a line of a shell succeeds. */
  async holds(line: string): Promise<boolean> {
    return (await this.run(["sh", "-c", line], { check: false })).code === 0;
  }

  /** Waits until a line of a shell succeeds. */
  waitUntil(line: string): Promise<void> {
    return waitFor(() => this.holds(line), 60_000, line);
  }

  /** Puts a file of this machine's into its /root. */
  async bring(path: string): Promise<string> {
    const inside = `/root/${path.slice(path.lastIndexOf("/") + 1)}`;
    await Deno.copyFile(path, `${this.#layers}/root${inside}`);
    return inside;
  }

  async #waitUntilUp(namespace: string, booted: boolean): Promise<void> {
    const found = async () => (this.#leader = await firstProcess(namespace)) !== 0;
    const story = () => `${this.#nspawn.stdout}${this.#nspawn.stderr}`;
    await waitFor(found, BOOT_MS, story);
    if (!booted) return;
    const state = "timeout 10 systemctl is-system-running | grep -qE 'running|degraded'";
    await waitFor(() => this.holds(state), BOOT_MS, story);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#leader !== 0) endProcess(this.#leader);
    await this.#nspawn.stop("SIGKILL");
    await run(["umount", "--lazy", `${this.#layers}/root`]);
    await run(["umount", "--lazy", this.#layers]);
    await Deno.remove(this.#layers);
  }
}

async function mountLayers(
  lower: string,
  layers: string,
  megabytes: number,
): Promise<string> {
  const size = `size=${megabytes}m,mode=755`;
  await run(["mount", "-t", "tmpfs", "-o", size, "none", layers]);
  for (const name of ["upper", "work", "root"]) await Deno.mkdir(`${layers}/${name}`);
  const places = `lowerdir=${lower},upperdir=${layers}/upper,workdir=${layers}/work`;
  await run(["mount", "-t", "overlay", "-o", places, "none", `${layers}/root`]);
  return `${layers}/root`;
}

/** The process of a network namespace that is the first one of its own; 0 if none is. */
async function firstProcess(namespace: string): Promise<number> {
  const { stdout } = await run(["ip", "netns", "pids", namespace]);
  for (const pid of stdout.split("\n").filter(Boolean)) {
    const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
    if (/^NSpid:.*\t1$/m.test(status)) return Number(pid);
  }
  return 0;
}

function endProcess(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
