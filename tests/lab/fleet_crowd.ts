/** Many people who knock at once, and whose knocks are sniffed and sent elsewhere, too. */
import { Secret } from "../../lib/core/secret.ts";
import type { FleetHost, FleetHosts } from "./fleet_hosts.ts";
import { waitFor } from "./net.ts";
import type { Member } from "./one_time.ts";

const SENDER = new URL("./udp_sender.ts", import.meta.url).pathname;
const ANSWER = /ssh: (?:(\w+) knocked with counter (\d+)|refused \((\w+)\): (.*))/;
const ANSWER_MS = 10_000;

/** What a machine made of a knock. */
interface Answer {
  readonly name: string;
  /** The counter that opened; nothing if none did. */
  readonly counter?: number;
  /** Why none did. */
  readonly why?: string;
}

/** So many people, each with a secret. */
export function crowdOf(size: number): Member[] {
  return Array.from({ length: size }, (_, i) => {
    const bytes = new Uint8Array(32);
    new DataView(bytes.buffer).setUint32(0, 100 + i);
    return { name: `c${i}`, secret: new Secret(bytes) };
  });
}

/** A crowd, each with an address of their own. */
export class FleetCrowd {
  readonly #fleet: FleetHosts;
  readonly #members: readonly Member[];
  readonly #how: "sequence" | "packet";

  private constructor(
    fleet: FleetHosts,
    members: readonly Member[],
    how: "sequence" | "packet",
  ) {
    this.#fleet = fleet;
    this.#members = members;
    this.#how = how;
  }

  /** Gives everybody an address. */
  static async at(
    fleet: FleetHosts,
    members: readonly Member[],
    how: "sequence" | "packet",
  ): Promise<FleetCrowd> {
    const lines = members.map((_, i) => `addr replace ${addressOf(i)}/24 dev eth0`);
    await fleet.client.run(["ip", "-batch", "-"], { stdin: lines.join("\n") });
    return new FleetCrowd(fleet, members, how);
  }

  /** What a machine has answered so far. */
  answers({ daemon }: FleetHost): Answer[] {
    return daemon.lines.flatMap((line): Answer[] => {
      const [found, who, counter, refused, why] = line.match(ANSWER) ?? [];
      if (found === undefined) return [];
      return who === undefined
        ? [{ name: refused!, why: why! }]
        : [{ name: who, counter: Number(counter) }];
    });
  }

  /** Everybody knocks with a counter at all of these at once, until all have an answer. */
  async knock(nodes: readonly FleetHost[], counter: number): Promise<void> {
    const before = nodes.map((node) => this.answers(node).length);
    const isMissing = (node: FleetHost, { name }: Member) =>
      !this.answers(node).slice(before[nodes.indexOf(node)])
        .some((answer) => answer.name === name);
    const missing = () =>
      nodes.flatMap((node) =>
        this.#members.filter((member) => isMissing(node, member))
          .map((member) => ({ node, member }))
      );
    // A packet may be lost on a busy machine.
    for (let tries = 1; missing().length > 0; tries++) {
      if (tries > 6) throw new Error(nodes.map(({ daemon }) => daemon.stdout).join("\n"));
      await this.#send(missing(), counter);
      await waitFor(() => missing().length === 0, ANSWER_MS).catch(() => {});
    }
  }

  /** Everybody knocks once with a counter, at all of these at once. */
  async knockOnce(nodes: readonly FleetHost[], counter: number): Promise<void> {
    const all = nodes.flatMap((node) =>
      this.#members.map((member) => ({ node, member }))
    );
    await this.#send(all, counter);
  }

  async #send(
    knocks: readonly { node: FleetHost; member: Member }[],
    counter: number,
  ): Promise<void> {
    const sendings = knocks.map(({ node, member }) => {
      const from = addressOf(this.#members.indexOf(member));
      return { from, to: node.host.ipv4, hits: this.#hits(node, member, counter) };
    });
    const argv = [Deno.execPath(), "run", "--no-config", "--unstable-net", "--allow-net"];
    const stdin = JSON.stringify(sendings);
    await this.#fleet.client.run([...argv, SENDER], { stdin });
  }

  #hits({ door }: FleetHost, member: Member, counter: number) {
    if (this.#how === "packet") {
      const payload = door.packet(member, counter).toBase64();
      return [{ port: PACKET_PORT, payload }];
    }
    return door.ports(member, counter).map((hit) => {
      return { port: Number(hit.split(":")[0]), payload: "" };
    });
  }
}

/** Where single packets go. */
export const PACKET_PORT = 9999;

function addressOf(index: number): string {
  return `10.77.${1 + (index >> 7)}.${1 + (index & 127)}`;
}
