/**
 * A fleet: three members of etcd and three nodes, each on a host of its own, all on this
 * machine, with certificates and users as in the tests.
 *
 * A knock is timed from its last packet to the line of the log that says it opened, on the
 * node that was knocked at and on another one. Beside it: the same on a door of that node
 * alone, and etcd's own time for one put from there (floor/put.ts). What is idle is watched
 * as in idle.ts; the same daemon without its fleet beside it.
 */
import { formatSecret } from "../lib/core/one_time/secret_text.ts";
import { Secret } from "../lib/core/secret.ts";
import { Scratch } from "../tests/lab/daemon.ts";
import { Etcd } from "../tests/lab/etcd.ts";
import { type Host, KNOCKD, Network, type Process, sleep } from "../tests/lab/net.ts";
import { alice, RotatingDoor } from "../tests/lab/one_time.ts";
import { Knocker } from "./lib/knocker.ts";
import { atMost, type Effort, type Row, timesOf } from "./lib/row.ts";
import { median, percentile } from "./lib/statistics.ts";
import { exactCpuTime, residentMemory, wakeUps } from "./lib/usage.ts";

const PUT = new URL("./floor/put.ts", import.meta.url).pathname;
const FLEET_SECRET = formatSecret(new Secret(new Uint8Array(32).fill(7)));
const SETTLING_MS = 8000;
const PATIENCE_MS = 20_000;

interface Node {
  readonly host: Host;
  readonly daemon: Process;
  readonly config: string;
  readonly doors: Readonly<Record<"shared" | "own", RotatingDoor>>;
}

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const common = stack.use(await Scratch.create());
  const net = stack.use(await Network.create());
  const members: Host[] = [];
  for (const name of ["e1", "e2", "e3"]) members.push(await net.host(name));
  const etcd = await Etcd.start(common, members);
  const nodes: Node[] = [];
  for (const name of ["a", "b", "alone"]) {
    const scratch = stack.use(await Scratch.create());
    const table = name === "alone" ? "" : await etcd.table(name, FLEET_SECRET);
    nodes.push(await start(await net.host(name), scratch, table));
  }
  const [a, b, alone] = nodes as [Node, Node, Node];
  const client = await net.host("client");
  const sources = await addresses(client);
  using knocker = new Knocker(client);
  await sleep(SETTLING_MS);
  const window = quick ? 5000 : 30_000;
  const idle = await Promise.all([a, alone].map(({ daemon }) => watch(daemon, window)));
  const knocks = { a, b, knocker, sources, count: quick ? 5 : 10 * repetitions };
  return [...await opened(knocks), ...idling(idle[0]!, idle[1]!)];
}

/** Many: a sequence that another one's ports disturb is a matter of one address. */
async function addresses(client: Host): Promise<Knocks["sources"]> {
  const of = (net: number) =>
    Array.from({ length: 50 }, (_, i) => `10.77.${net}.${1 + i}`);
  const sources = { shared: of(1), own: of(2) };
  const lines = [...sources.shared, ...sources.own].map((ip) =>
    `addr add ${ip}/32 dev eth0`
  );
  await client.run(["ip", "-batch", "-"], { stdin: lines.join("\n") });
  return sources;
}

async function start(host: Host, scratch: Scratch, table: string): Promise<Node> {
  const door = (name: string, more: string[]) =>
    new RotatingDoor(scratch, name, [alice], { mode: "hotp" }, [
      "command = 'true'",
      ...more,
    ]);
  const doors = {
    shared: door("shared", table === "" ? [] : ['group = "g"']),
    own: door("own", []),
  };
  const config = await scratch.config(table + doors.shared.text + doors.own.text);
  const daemon = host.spawn([...KNOCKD, "serve", "-c", config]);
  await daemon.waitForLine(table === "" ? /^listening on/ : /^in the fleet/, PATIENCE_MS);
  return { host, daemon, config, doors };
}

interface Knocks {
  readonly a: Node;
  readonly b: Node;
  readonly knocker: Knocker;
  /** One for each door: the ports of one may be among those of the other. */
  readonly sources: Readonly<Record<"shared" | "own", readonly string[]>>;
  readonly count: number;
}

/** Knocks at the shared door and at the one of a node alone take turns. */
async function opened({ a, b, knocker, sources, count }: Knocks): Promise<Row[]> {
  const taken = { here: [] as number[], there: [] as number[], local: [] as number[] };
  const argv = [Deno.execPath(), "run", "--allow-all", "--no-check", PUT];
  const { stdout } = await a.host.run([...argv, a.config, `${count}`]);
  const puts = stdout.trim().split("\n").map(Number);
  for (let counter = 0; counter < count; counter++) {
    for (const name of ["shared", "own"] as const) {
      const heard = [a.daemon.lines.length, b.daemon.lines.length] as const;
      const ports = a.doors[name].ports(alice, counter).map((hit) => parseInt(hit));
      const from = sources[name][counter % sources[name].length];
      const sent = knocker.knock(a.host.ipv4, ports, from);
      const here = await lineAt(a.daemon, `${name}: OPEN SESAME (alice)`, heard[0]);
      (name === "own" ? taken.local : taken.here).push(here - sent);
      if (name === "own") continue;
      const there = await lineAt(b.daemon, "shared: OPEN SESAME", heard[1]);
      taken.there.push(there - here);
    }
    await sleep(50);
  }
  const put = median(puts);
  const least = 1.3 * put + median(taken.local);
  const figure = "fleet: packet to open";
  const row = (what: string, ours: readonly number[], bar: Row["bar"]): Row => {
    return { figure: what, unit: "ms", ours, floor: puts, ...(bar && { bar }) };
  };
  const slowest = timesOf(4, median(taken.here), "its median");
  return [
    row(`${figure}, a door of the node alone`, taken.local, undefined),
    row(`${figure}, shared`, taken.here, timesOf(1, least, "(1.3 puts + alone)")),
    row(`${figure}, shared, p99`, [percentile(taken.here, 99)], slowest),
    row(`${figure}, from one node to another`, taken.there, timesOf(4, put, "a put")),
  ];
}

/** When a line came: who looks for it all the time takes half of the machine from etcd. */
async function lineAt(daemon: Process, end: string, from: number): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!daemon.lines.slice(from).some((line) => line.includes(end))) {
    if (performance.now() > deadline) {
      throw new Error(`no ${end}\n${daemon.lines.join("\n")}`);
    }
    await daemon.more(PATIENCE_MS);
  }
  return performance.now();
}

interface Idling {
  readonly percent: number;
  readonly wakeUps: number;
  readonly memory: number;
}

async function watch({ pid }: Process, window: number): Promise<Idling> {
  const begin = [performance.now(), exactCpuTime(pid), wakeUps(pid)] as const;
  await sleep(window);
  const taken = performance.now() - begin[0];
  return {
    percent: (exactCpuTime(pid) - begin[1]) / taken * 100,
    wakeUps: (wakeUps(pid) - begin[2]) / taken * 1000,
    memory: residentMemory(pid),
  };
}

function idling(with_: Idling, without: Idling): Row[] {
  const more = (of: "percent" | "memory") => [with_[of] - without[of]];
  return [
    row("fleet: idle, more CPU", "% of a core", more("percent"), 0.2),
    row("fleet: idle, wake-ups", "a second", [with_.wakeUps], 3),
    row("fleet: idle, more memory", "MB", more("memory"), 15),
  ];
}

function row(figure: string, unit: string, ours: number[], most: number): Row {
  return { figure, unit, ours, bar: atMost(most, unit) };
}
