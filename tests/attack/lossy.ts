/** One-time knocks over bad wires: how many open their door? */
import { Scratch, serve } from "../lab/daemon.ts";
import { type Host, KNOCKD, Network } from "../lab/net.ts";
import { type Member, RotatingDoor, User } from "../lab/one_time.ts";

/** What is wrong with the wires, and how many knocks go over them. */
export interface Wires {
  /** What netem does to the packets in each direction, in the words of tc-netem(8). */
  readonly netem: string;
  readonly knocks: number;
}

/** What came of it. */
export interface LossyReport extends Wires {
  readonly opened: number;
  /** How many packets the wires carried, and how many they dropped. */
  readonly carried: number;
  readonly dropped: number;
  /** Milliseconds that knocks took until the port was open, sorted. */
  readonly took: readonly number[];
}

/** All that is bad, at once. */
export const WORST = "delay 20ms 10ms loss 10% duplicate 5% reorder 25%";

/** Clients at a time, each with an address and a wire of its own. */
const CLIENTS = 3;

/**
 * Knocks with --otp, --wait-port and --retries 3, first over these wires, then over those,
 * and counts. The kernel has to have netem.
 */
export async function lossy(all: readonly Wires[]): Promise<LossyReport[]> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await Scratch.create());
  const net = stack.use(await Network.create());
  const server = await net.host("server");
  await server.dropIncoming();
  await server.run(["iptables", "-N", "KNOCK"]);
  await server.run(["iptables", "-A", "INPUT", "-j", "KNOCK"]);
  await server.listen(22);
  const members = Array.from({ length: CLIENTS }, (_, i): Member => ({
    name: `client${i}`,
  }));
  const command = `command = "iptables -w -A KNOCK -s %IP% -p tcp --dport 22 -j ACCEPT"`;
  const settings = { mode: "hotp", protocol: "mixed" } as const;
  const door = new RotatingDoor(scratch, "ssh", members, settings, [command]);
  await serve(server, await scratch.config(door.text));
  const clients: Client[] = [];
  for (const member of members) {
    const host = await net.host(member.name);
    const uri = door.uri(member, server.ipv4);
    clients.push({ host, user: stack.use(await User.create(KNOCKD, host, uri)) });
  }

  const reports: LossyReport[] = [];
  for (const wires of all) reports.push(await knocks(server, clients, wires));
  return reports;
}

interface Client {
  readonly host: Host;
  readonly user: User;
}

/** The knocks of all clients over some wires. */
async function knocks(
  server: Host,
  clients: readonly Client[],
  wires: Wires,
): Promise<LossyReport> {
  const ends = [server, ...clients.map(({ host }) => host)];
  const qdisc = (host: Host, verb: string, ...netem: string[]) =>
    host.run(["tc", "-s", "qdisc", verb, "dev", host.interface, ...netem]);
  for (const host of ends) {
    await qdisc(host, "add", "root", "netem", ...wires.netem.split(" "));
  }
  const took: number[] = [];
  let left = wires.knocks;
  const argv = ["knock", server.ipv4, "--otp", "--wait-port", "22", "--retries", "3"];
  await Promise.all(clients.map(async ({ host, user }) => {
    while (left-- > 0) {
      const asked = performance.now();
      const { code } = await user.knockd(argv, { check: false, timeout: 60_000 });
      if (code === 0) took.push(performance.now() - asked);
      await close(server, host.ipv4);
    }
  }));
  let [carried, dropped] = [0, 0];
  for (const host of ends) {
    const { stdout } = await qdisc(host, "show");
    const counts = / (\d+) pkt \(dropped (\d+),/.exec(stdout)!;
    carried += Number(counts[1]);
    dropped += Number(counts[2]);
    await qdisc(host, "del", "root");
  }
  took.sort((a, b) => a - b);
  return { ...wires, opened: took.length, carried, dropped, took };
}

/** Closes the door; a knock that opened twice has left two rules. */
async function close(server: Host, address: string): Promise<void> {
  const rule = ["-s", address, "-p", "tcp", "--dport", "22", "-j", "ACCEPT"];
  const remove = ["iptables", "-w", "-D", "KNOCK", ...rule];
  while ((await server.run(remove, { check: false })).code === 0);
}
