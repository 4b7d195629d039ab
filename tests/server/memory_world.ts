/** A daemon in memory: its time, network, processes and config are the test's. */
import assert from "node:assert/strict";
import type { Config } from "../../lib/config/config.ts";
import { loadSource } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problems.ts";
import { Daemon } from "../../lib/server/daemon.ts";
import { Faults, withRetries } from "../../lib/server/faults.ts";
import type { LogHandle } from "../../lib/server/log/log.ts";
import { Watchers } from "../../lib/server/log/watchers.ts";
import { hitFrame } from "../lab/frames_sent.ts";
import { MemoryNetwork } from "./capture/memory_network.ts";
import { FakeNft, MemoryFeed } from "./firewall/fake_nft.ts";
import { FakeSystem, settle } from "./fake_system.ts";
import { memoryLog } from "./log/memory_log.ts";

/** The address of this host. */
export const SERVER = "10.0.0.1";

/** A door of commands: three ports from a first one on. */
export function door(name: string, port: number, more = ""): string {
  return `[doors.${name}]
sequence = [${port}, ${port + 1}, ${port + 2}]
start_command = ["open", "${name}", "%IP%"]
stop_command = ["close", "${name}", "%IP%"]
cmd_timeout = 60
${more}
`;
}

/** The world of a daemon, and the daemon in it. */
export class MemoryWorld implements AsyncDisposable {
  readonly system = new FakeSystem();
  readonly network = new MemoryNetwork();
  readonly log = memoryLog();
  /** The kernel's doors; their clock is this world's. */
  readonly nft = new FakeNft(() => this.system.monotonic());
  feed = new MemoryFeed();
  openFeed = () => this.feed;
  onTrial = false;
  readonly faults = new Faults(
    this.system,
    (line) => this.log.logger.error("{line}", { event: "fault", line }),
  );
  /** The doors, or all of a config; what a reload reads. An error is thrown. */
  text: string | Error | Config;
  /** How often the log file was opened anew. */
  reopened = 0;
  readonly heard: string[] = [];
  /** Whether IPv6 is left out. */
  ipv4Only = false;
  readonly #stateDir = Deno.makeTempDirSync({ prefix: "knockd-world-" });
  #serial = 0;
  #daemon: Daemon | undefined;

  constructor(text: string | Config) {
    this.text = text;
    this.network.add("eth0", { addresses: [SERVER] });
  }

  /** Starts a daemon with these doors; it hears. */
  static async start(text: string): Promise<MemoryWorld> {
    const world = new MemoryWorld(text);
    await world.start();
    return world;
  }

  get daemon(): Daemon {
    assert.ok(this.#daemon);
    return this.#daemon;
  }

  async start(): Promise<void> {
    const { system, network, log } = this;
    const handle: LogHandle = {
      watchers: new Watchers(),
      logger: log.logger,
      tellsHits: false,
      isSeen: false,
      reopen: () => void this.reopened++,
      close: () => {},
    };
    this.#daemon = await Daemon.start({
      config: await this.#config(),
      log: handle,
      world: {
        system: withRetries(system, this.faults),
        faults: this.faults,
        network: () => network,
        openNft: () => this.nft,
        openFeed: () => this.openFeed(),
        env: {},
        bootId: "boot",
      },
      ipv4Only: this.ipv4Only,
      onTrial: this.onTrial,
      reload: () => this.#config(),
      onListening: (name) => this.heard.push(`listening ${name}`),
      onDeaf: (name) => this.heard.push(`deaf ${name}`),
      onLeft: (name) => this.heard.push(`left ${name}`),
      onBusy: () => {},
    });
    await settle();
  }

  /** Hits these ports one after the other. */
  async knock(from: string, ...ports: readonly number[]): Promise<void> {
    for (const port of ports) {
      const bytes = hitFrame(from, SERVER, port, ++this.#serial);
      this.network.arrive("eth0", { bytes, time: this.system.now() });
      await settle();
    }
  }

  /** Ends the processes that run, and gives what each was. */
  async finish(code = 0): Promise<string[]> {
    const ran = this.system.processes.splice(0);
    for (const process of ran) process.end(code);
    await settle();
    return ran.map(({ argv }) => argv.join(" "));
  }

  /** What commands were started for, in the order; each ends well at once. */
  async commands(): Promise<string[]> {
    await settle();
    const all: string[] = [];
    for (let some = await this.finish(); some.length > 0; some = await this.finish()) {
      all.push(...some);
    }
    return all;
  }

  /** Lets time pass, every command ending well within a second. */
  async pass(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed++) {
      await this.system.advance(1000);
      await this.commands();
    }
  }

  /** Stops the daemon, every command ending well. */
  async [Symbol.asyncDispose](): Promise<void> {
    let over = false;
    const stopped = this.#daemon?.stop().finally(() => over = true);
    while (stopped !== undefined && !over) {
      await this.finish();
      await this.system.advance(1000);
    }
    await stopped;
    Deno.removeSync(this.#stateDir, { recursive: true });
  }

  async #config(): Promise<Config> {
    if (this.text instanceof Error) throw this.text;
    if (typeof this.text !== "string") return this.text;
    const head = `[options]\ninterface = "eth0"\nstate_dir = "${this.#stateDir}"\n`;
    const path = `${this.#stateDir}/knock.toml`;
    const source = { path, text: head + this.text, mode: 0o600, owner: Deno.uid() ?? 0 };
    const { config, problems } = await loadSource(source);
    assert.ok(config, problems.map(formatProblem).join("\n"));
    return config;
  }
}
