/**
 * Traces packets through the kernel's tables by nft, in processes of its own: what lists a
 * large ruleset takes hundreds of megabytes for a second.
 */

import { Failure } from "../../core/failure.ts";
import type { PortRange } from "../../core/firewall/kernel_ports.ts";
import { escapeControls } from "../../core/printable.ts";
import { mergeRanges } from "../../core/firewall/port_range.ts";
import { parseTrace, type TraceEvent } from "./trace_text.ts";

/** Follows packets until it is told to stop. */
export class NftTrace implements AsyncDisposable {
  readonly #owner: Deno.ChildProcess;
  readonly #monitor: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(owner: Deno.ChildProcess, monitor: Deno.ChildProcess) {
    this.#owner = owner;
    this.#monitor = monitor;
    this.#input = owner.stdin.getWriter();
  }

  /**
   * Traces five a second of the packets that begin a connection to these ports.
   *
   * @throws {Failure} Where there is no nft, or it or the kernel does not let it.
   */
  static async start(name: string, ports: readonly PortRange[]): Promise<NftTrace> {
    await canRead();
    const trace = new NftTrace(
      spawn(["-i"], { stdin: "piped", stdout: "null", stderr: "piped" }),
      spawnMonitor(),
    );
    try {
      await trace.#input.write(new TextEncoder().encode(traceText(name, ports)));
      await trace.#untilThere(name);
      return trace;
    } catch (error) {
      await trace[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What chains did, as it happens. */
  async *events(): AsyncGenerator<TraceEvent> {
    const text = this.#monitor.stdout.pipeThrough(new TextDecoderStream());
    let rest = "";
    for await (const part of text) {
      const lines = (rest + part).split("\n");
      rest = lines.pop()!.slice(0, 10_000);
      for (const line of lines) {
        const event = parseTrace(line);
        if (event !== undefined) yield event;
      }
    }
  }

  async #untilThere(name: string): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      if ((await nft("list", "table", "inet", name)).success) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Failure(
      `cannot make the table inet ${name}, which traces packets`,
      "run it as root, with a kernel of Linux 5.12 or later",
    );
  }

  /** Ends the tracing; the kernel deletes the table with the process that owns it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const input of [this.#input, this.#monitor.stdin]) {
      await input.close().catch(() => {});
    }
    try {
      this.#owner.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await Promise.all([this.#owner.stderr.cancel(), this.#monitor.status]);
    await this.#owner.status;
  }
}

/**
 * The text of a rule, as nft shows it.
 *
 * @throws {Failure} Where there is no nft.
 */
export async function ruleText(
  { family, table, chain, rule }: TraceEvent,
): Promise<string | undefined> {
  if (typeof rule !== "number") return rule;
  const { stdout } = await nft("-a", "list", "chain", family, table, chain);
  const lines = new TextDecoder().decode(stdout).split("\n");
  const end = ` # handle ${rule}`;
  return lines.find((line) => line.endsWith(end))?.slice(0, -end.length).trim();
}

/** Ahead of everything, so that no chain is missed: before conntrack (-200) and raw (-300). */
function traceText(name: string, ports: readonly PortRange[]): string {
  const mark = "limit rate 5/second burst 5 packets meta nftrace set 1";
  const syn = "tcp flags & (fin | syn | rst | ack) == syn ";
  const rules = (["tcp", "udp"] as const).flatMap((protocol) => {
    const ranges = mergeRanges(ports, protocol)
      .map(({ first, last }) => first === last ? `${first}` : `${first}-${last}`);
    const to = `${protocol} dport { ${ranges.join(", ")} } `;
    const begins = protocol === "tcp" ? syn : "";
    return ranges.length === 0 ? [] : [`add rule inet ${name} t ${to}${begins}${mark}`];
  });
  return [
    `add table inet ${name} { flags owner; }`,
    `add chain inet ${name} t { type filter hook prerouting priority -400; }`,
    ...rules,
    "",
  ].join("\n");
}

/** Whether nft runs, and may do what it is for, before it is waited for. */
async function canRead(): Promise<void> {
  const { success, stderr } = await nft("list", "tables");
  if (success) return;
  const [why = ""] = new TextDecoder().decode(stderr).trim().split("\n");
  throw new Failure(
    `nft can't list the kernel's tables: ${escapeControls(why)}`,
    "run it as root, where nft list tables works",
  );
}

function nft(...args: string[]): Promise<Deno.CommandOutput> {
  return spawn(args, { stdin: "null", stdout: "piped", stderr: "piped" }).output();
}

/**
 * An nft that ends when we do, however that is: by itself it would wait for a packet to be
 * traced, which never comes again. The shell waits for the end of what it reads from us.
 */
const MONITOR = 'nft monitor trace & trap "" INT HUP TERM; exec >&-; read end; kill $!';

function spawnMonitor(): Deno.ChildProcess {
  const pipes = { stdin: "piped", stdout: "piped", stderr: "null" } as const;
  return new Deno.Command("/bin/sh", { args: ["-c", MONITOR], ...pipes }).spawn();
}

function spawn(args: string[], options: Deno.CommandOptions): Deno.ChildProcess {
  try {
    return new Deno.Command("nft", { args, ...options }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Failure(
      "there is no program nft, which traces packets",
      "install nftables",
    );
  }
}
