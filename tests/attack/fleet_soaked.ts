/**
 * A fleet of three while its machines reload, lose their way and die, members of etcd too.
 * Each knock goes to two machines at the same moment.
 */
import { knock } from "../lab/daemon.ts";
import { killed } from "../lab/etcd_faults.ts";
import { type FleetHost, FleetHosts } from "../lab/fleet_hosts.ts";
import { sleep, waitFor } from "../lab/net.ts";
import { alice } from "../lab/one_time.ts";

/** How to soak. */
export interface FleetSoakOptions {
  readonly seconds: number;
  /** Told now and then. */
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface FleetSoakReport {
  readonly knocks: number;
  readonly opened: number;
  /** Counters that opened on more than one machine: none, if all is well. */
  readonly doubles: readonly number[];
  /** What was open when everything should have been closed. */
  readonly left: readonly string[];
  /** Lines of the logs that tell of a fault in the program. */
  readonly faults: readonly string[];
  readonly times: Readonly<Record<string, number>>;
}

const CMD_TIMEOUT = 5;
const ANSWER_MS = 10_000;
const CLOSED_MS = 90_000;
const OPENED = /ssh: alice knocked with counter (\d+)$/;
const FAULT = /LEFT OPEN|\.ts:\d|(Type|Range|Reference)Error/;

/** Knocks and does harm in turns. */
export async function fleetSoaked(
  { seconds, say }: FleetSoakOptions,
): Promise<FleetSoakReport> {
  await using fleet = await FleetHosts.start({ cmdTimeout: CMD_TIMEOUT });
  const past: string[] = [];
  const lines = () => [...past, ...fleet.nodes.flatMap(({ daemon }) => daemon.lines)];
  const opened = () =>
    lines().flatMap((line) => Number(line.match(OPENED)?.[1] ?? NaN))
      .filter((counter) => !Number.isNaN(counter));
  const times: Record<string, number> = {};
  const harm = harmIn(fleet, past);
  const end = performance.now() + 1000 * seconds;
  let knocks = 0;
  for (; performance.now() < end; knocks++) {
    const [what, act] = harm[Math.floor(Math.random() * harm.length)]!;
    const [one, other] = shuffled(fleet.nodes);
    await act(one!);
    times[what] = (times[what] ?? 0) + 1;
    // What opened last is the first that can't open again.
    const counter = Math.max(-1, ...opened()) + 1;
    const heard = lines().length;
    await Promise.all(
      [one!, other!].map(({ host, door }) =>
        knock(fleet.client, host.ipv4, ...door.ports(alice, counter))
      ),
    );
    const isAnswered = () =>
      lines().slice(heard).filter((line) => /refused|knocked with/.test(line)).length > 1;
    await waitFor(isAnswered, ANSWER_MS).catch(() => {});
    if (knocks % 20 === 0) say(`${knocks} knocks, ${opened().length} opened`);
  }
  const left = await allClosed(fleet);
  const all = opened();
  return {
    knocks,
    opened: all.length,
    doubles: all.filter((counter, i) => all.indexOf(counter) !== i),
    left,
    faults: lines().filter((line) => FAULT.test(line)),
    times,
  };
}

/** What happens to a machine, and is over when it resolves. */
function harmIn(fleet: FleetHosts, past: string[]) {
  const { etcd } = fleet;
  const harm: [string, (node: FleetHost) => Promise<void>][] = [
    ["nothing", () => Promise.resolve()],
    ["reload", ({ daemon }) => Promise.resolve(daemon.kill("SIGHUP"))],
    ["flap", async ({ host }) => {
      await host.run(["ip", "link", "set", "eth0", "down"]);
      await sleep(500 * Math.random());
      await host.run(["ip", "link", "set", "eth0", "up"]);
    }],
    ["kill", async (node) => {
      node.daemon.kill("SIGKILL");
      await node.daemon.wait();
      past.push(...node.daemon.lines);
      await node.start();
    }],
    ["member killed", async ({ host }) => await (await killed(etcd, host))()],
  ];
  return harm;
}

/** What is open on the machines when all should be closed. */
async function allClosed({ nodes }: FleetHosts): Promise<string[]> {
  let open: string[] = [];
  const isClosed = async () => {
    open = (await Promise.all(nodes.map((node) => node.open()))).flat();
    return open.length === 0;
  };
  await waitFor(isClosed, CLOSED_MS).catch(() => {});
  return open;
}

function shuffled<T>(all: readonly T[]): T[] {
  return all.map((each) => [Math.random(), each] as const)
    .sort(([a], [b]) => a - b).map(([, each]) => each);
}
