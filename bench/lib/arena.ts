/** Where a daemon is measured: its host, a knocker's host, and one cable between them. */

import { type Host, Network } from "../../tests/lab/net.ts";
import { Bell } from "./bell.ts";
import { type ClassicDoor, type Contender, type Running, start } from "./contender.ts";
import { Knocker } from "./knocker.ts";

/** What the doors of the benchmarks are knocked on with. */
export const PORTS: readonly number[] = [7000, 8000, 9000];

/** Two hosts, a knocker on one of them and a bell for the other's commands to ring. */
export interface Arena extends AsyncDisposable {
  readonly server: Host;
  readonly client: Host;
  readonly knocker: Knocker;
  readonly bell: Bell;
  /** For configs, recordings and the journal: on a disk, if /var/tmp is. */
  readonly directory: string;
  /** A door whose command rings the bell. */
  readonly door: ClassicDoor;
  /** Runs a daemon with this door, or with others. */
  readonly run: (
    contender: Contender,
    doors?: readonly ClassicDoor[],
    more?: string,
  ) => Promise<Running>;
}

/** Sets up an arena; disposing ends and removes all of it. */
export async function arena(): Promise<Arena> {
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "knockd-bench-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const net = stack.use(await Network.create());
  const server = await net.host("server");
  const client = await net.host("client");
  await connect(server, client);
  const bell = stack.use(await Bell.make(`${directory}/bell`));
  const knocker = stack.use(new Knocker(client));
  const door = { name: "bench", sequence: PORTS.join(","), command: bell.command };
  const kept = stack.move();
  return {
    server,
    client,
    knocker,
    bell,
    directory,
    door,
    async run(contender, doors = [door], more) {
      return start(server, await contender.prepare(directory, doors, more));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Many addresses more for the client, all of its network: 10.77.1.0 and so on. */
export async function addAddresses({ client }: Arena, count: number): Promise<string[]> {
  const addresses = Array.from(
    { length: count },
    (_, i) => `10.77.${1 + (i >> 8)}.${i & 255}`,
  );
  const stdin = addresses.map((address) => `address add ${address}/32 dev eth0\n`).join(
    "",
  );
  await client.run(["ip", "-batch", "-"], { stdin });
  return addresses;
}

/** In the switch's place, whose own work would be measured too. */
async function connect(server: Host, client: Host): Promise<void> {
  for (const host of [server, client]) {
    await host.run(["ip", "link", "delete", "eth0"]);
  }
  const peer = ["peer", "name", "eth0", "netns", server.namespace];
  await client.run(["ip", "link", "add", "eth0", "type", "veth", ...peer]);
  for (const host of [server, client]) {
    const stdin = `link set eth0 up
      address add ${host.ipv4}/16 dev eth0
      address add ${host.ipv6}/64 dev eth0 nodad
      route add default dev eth0`;
    await host.run(["ip", "-batch", "-"], { stdin });
  }
}
