/**
 * A system that boots: systemd as the first process of a container with this machine's
 * files, of which nothing it writes is left, and the network of a host of the lab.
 */
import { type Host, waitFor } from "./net.ts";
import { Process, type Result, run, type RunOptions } from "./process.ts";

/** Booting takes ten seconds, on a machine that has time for it. */
const BOOT_MS = 120_000;
/** Time enough for a program that starts a service. */
const SAYS_MS = 120_000;

/** What is laid over this machine's files: nothing of a knockd that it may have. */
const SYSTEM = `set -e
mount -t tmpfs -o mode=755 system "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
cd "$1/root"
: > etc/machine-id
rm -rf etc/knockd* var/lib/knockd var/cache/knockd usr/lib/knockd* etc/sysusers.d/knockd*
rm -rf etc/systemd/system/knockd* etc/default/knockd
sed -i /^knockd:/d etc/passwd etc/group etc/shadow etc/gshadow
install -m 755 "$2" usr/local/bin/knockd
# Nothing that this machine would start besides.
rm -rf etc/systemd/system/*.wants etc/rc?.d/[SK]*
for unit in networking.service apt-daily.timer apt-daily-upgrade.timer ssh.service; do
  ln -sf /dev/null "etc/systemd/system/$unit"
done
echo kept
exec sleep infinity
`;

/** Why none can be had here; undefined where one can. */
export function bootObstacle(): string | undefined {
  try {
    new Deno.Command("systemd-nspawn", { args: ["--version"] }).outputSync();
    return undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "there is no systemd-nspawn here (Debian: systemd-container)";
  }
}

/** A system of its own, which boots as often as it is told to. */
export class BootedSystem implements AsyncDisposable {
  readonly #host: Host;
  readonly #directory: string;
  /** Holds the mounts, which no other process sees. */
  readonly #keeper: Process;
  #container: Process | undefined;

  private constructor(host: Host, directory: string, keeper: Process) {
    this.#host = host;
    this.#directory = directory;
    this.#keeper = keeper;
  }

  /** A system with this executable and the network of a host; it is not booted yet. */
  static async create(host: Host, executable: string): Promise<BootedSystem> {
    const directory = await Deno.makeTempDir({ prefix: "knockd-system-" });
    const script = ["sh", "-c", SYSTEM, "sh", directory, executable];
    const keeper = new Process(["unshare", "--mount", ...script]);
    const system = new BootedSystem(host, directory, keeper);
    try {
      await keeper.waitForLine(/^kept$/, BOOT_MS);
      return system;
    } catch (error) {
      await system[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Boots, until everything has started that is to start. */
  async boot(): Promise<void> {
    this.#container = new Process([
      ...["nsenter", "--target", `${this.#keeper.pid}`, "--mount"],
      ...["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit"],
      ...[`--directory=${this.#directory}/root`, `--machine=knockd-${Deno.pid}`],
      ...[`--network-namespace-path=/run/netns/${this.#host.namespace}`],
      ...["--capability=CAP_NET_ADMIN,CAP_NET_RAW", "--console=pipe"],
    ]);
    const command = ["systemctl", "is-system-running", "--wait"];
    const isUp = async () => {
      if (!this.#container?.running) throw new Error(this.#container?.stderr);
      if (this.#first() === undefined) return false;
      const { stdout } = await this.run(command, { check: false, timeout: BOOT_MS });
      return /^(running|degraded)$/m.test(stdout);
    };
    await waitFor(isUp, BOOT_MS, "the system to boot");
  }

  /** Runs a program in the system that was booted. */
  run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    const first = ["nsenter", "--target", `${this.#first()}`];
    const spaces = ["--mount", "--net", "--pid", "--ipc", "--uts", "--wdns=/"];
    return run([...first, ...spaces, ...argv], options);
  }

  /** The same, whatever its exit code: that, and all that it says. */
  async says(...argv: string[]): Promise<{ code: number; text: string }> {
    const { code, stdout, stderr } = await this.run(argv, {
      check: false,
      timeout: SAYS_MS,
    });
    return { code, text: stdout + stderr };
  }

  /** `knockd init` at an address, for a client called alice. */
  init(address: string): Promise<{ code: number; text: string }> {
    return this.says("knockd", "init", "--host", address, "--client", "alice");
  }

  /** A property of a unit. */
  async show(unit: string, property: string): Promise<string> {
    const { text } = await this.says(
      "systemctl",
      "show",
      "-p",
      property,
      "--value",
      unit,
    );
    return text.trim();
  }

  /** Takes the power away. */
  async powerOff(): Promise<void> {
    const first = this.#first();
    if (first !== undefined) Deno.kill(first, "SIGKILL");
    await this.#container?.stop("SIGTERM", 10_000);
    this.#container = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.powerOff();
    await this.#keeper.stop("SIGKILL");
    await Deno.remove(this.#directory, { recursive: true });
  }

  /** The container's first process, once there is one. */
  #first(): number | undefined {
    const { pid, running } = this.#container ?? {};
    if (!running) return undefined;
    return childrenOf(pid!)[0];
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
    return text.split(" ").map(Number).filter(Boolean);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
