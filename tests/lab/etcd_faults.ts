/** What can happen to etcd's members, and to the ways between hosts. */
import type { Etcd } from "./etcd.ts";
import { type Host, sleep, waitFor } from "./net.ts";

const ELECTION_MS = 60_000;

/** The host whose member leads. */
export async function leaderOf(etcd: Etcd, hosts: readonly Host[]): Promise<Host> {
  let leader: Host | undefined;
  await waitFor(async () => {
    const text = await etcd.ctl("endpoint", "status", "-w", "json").catch(() => "[]");
    const members = JSON.parse(text) as {
      Endpoint: string;
      Status: { header: { member_id: number }; leader: number };
    }[];
    const found = members.find(({ Status: { header, leader } }) =>
      leader === header.member_id
    );
    leader = hosts.find(({ ipv4 }) => found?.Endpoint.includes(`${ipv4}:`));
    return leader !== undefined;
  }, ELECTION_MS);
  return leader!;
}

/** Packets that a host loses. */
const CUTS = {
  "both ways": ["input iifname != lo", "output oifname != lo"],
  "what comes in": ["input iifname != lo"],
  "the way to etcd": ["output tcp dport 2379"],
} as const;

/** Drops packets of a host; gives what mends that. */
export async function cut(
  host: Host,
  what: keyof typeof CUTS,
): Promise<() => Promise<void>> {
  const rules = CUTS[what].map((rule) => `add rule inet cut ${rule} drop`);
  const chains = ["input", "output"].map((hook) =>
    `add chain inet cut ${hook} { type filter hook ${hook} priority -300; }`
  );
  await host.run(["nft", ["add table inet cut", ...chains, ...rules].join("\n")]);
  return async () => void await host.run(["nft", "delete table inet cut"]);
}

/** A member stands still; gives what mends that. */
export function frozen(etcd: Etcd, host: Host): () => Promise<void> {
  const member = etcd.member(host);
  member.kill("SIGSTOP");
  return () => Promise.resolve(member.kill("SIGCONT"));
}

/** A member dies; gives what mends that. */
export async function killed(etcd: Etcd, host: Host): Promise<() => Promise<void>> {
  etcd.member(host).kill("SIGKILL");
  await etcd.member(host).exited;
  return () => etcd.startMember(host);
}

/** A member loses all its data, and is given up; gives what puts another in its place. */
export async function wiped(etcd: Etcd, host: Host): Promise<() => Promise<void>> {
  await killed(etcd, host);
  await Deno.remove(etcd.dataOf(host), { recursive: true });
  const [name, , peer] = etcd.identity(host).map((option) => option.split("=")[1]!);
  await insisting(async () => {
    const members = (await etcd.ctl("member", "list")).split("\n");
    const member = members.map((line) => line.split(", ")).find((of) => of[2] === name);
    // An answer to the first try may have been lost.
    if (member !== undefined) await etcd.ctl("member", "remove", member[0]!);
  });
  return async () => {
    await insisting(async () => {
      const members = await etcd.ctl("member", "list");
      if (members.includes(`${peer},`)) return;
      await etcd.ctl("member", "add", name!, `--peer-urls=${peer}`);
    });
    await etcd.startMember(host, "existing");
  };
}

/** Takes all members back to a snapshot. */
export async function restored(
  etcd: Etcd,
  hosts: readonly Host[],
  snapshot: string,
): Promise<void> {
  await Promise.all(hosts.map((host) => killed(etcd, host)));
  for (const host of hosts) {
    await Deno.remove(etcd.dataOf(host), { recursive: true });
    await host.run(
      ["etcdctl", "snapshot", "restore", snapshot, ...etcd.identity(host)],
      { env: { ETCDCTL_API: "3" } },
    );
  }
  await Promise.all(hosts.map((host) => etcd.startMember(host)));
}

/** Members that elect somebody just now answer a little later. */
async function insisting(act: () => Promise<unknown>): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return void await act();
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(500);
    }
  }
}
