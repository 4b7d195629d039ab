/**
 * The rules of the kernel's doors. Every value in them was parsed: no text of a config gets
 * in as it was written.
 */

import type { Protocol } from "../door.ts";
import { familiesOf, type GuardedDoor, setName } from "./guarded_door.ts";
import { formatAddressBlock, outermost } from "./address_block.ts";
import type { PortRange } from "./kernel_ports.ts";
import { mergeRanges } from "./port_range.ts";

/**
 * Where packets are looked at. `guard` comes before DNAT, so that a published port is
 * guarded like any other. The other two come after it and after routing, so that no
 * redirection and no routing table leads around the guard.
 */
export const CHAINS = {
  guard: { hook: "prerouting", number: 0 },
  guard_in: { hook: "input", number: 1 },
  guard_forward: { hook: "forward", number: 2 },
} as const;

/** The name of a chain of ours. */
export type ChainName = keyof typeof CHAINS;
/** The priority of mangle: behind conntrack (-200), ahead of DNAT (-100). */
export const PRIORITY: number = -150;

const PROTOCOLS: readonly Protocol[] = ["tcp", "udp"];
/** The first packet of a connection and no other: a stray one must not use up a lease. */
const SYN = "tcp flags & (fin | syn | rst | ack) == syn";
/** Whoever begins anew has to knock, also from the port of an old session. */
const LIVE = "tcp flags & syn == 0";
/** What the guard ahead of DNAT has let through already. */
const JUDGED = "ct status & dnat == 0";

/** The rules of each chain, in their order. */
export function chainRules(doors: readonly GuardedDoor[]): Record<ChainName, string[]> {
  const aimed = doors.filter(({ door }) => door.target !== undefined);
  const own = doors.filter(({ door }) => door.target === undefined);
  const known = "ct state established accept";
  return {
    guard: [
      "iif lo accept",
      known,
      ...targetRules(aimed, false),
      // Not `!= local`: broadcast, multicast and anycast reach a guarded port, too.
      "fib daddr type unicast accept",
      ...liveRules(),
      ...ownRules(own, false),
    ],
    guard_in: [
      "iif lo accept",
      known,
      ...targetRules(aimed, true),
      ...liveRules(),
      ...ownRules(own, true),
    ],
    guard_forward: [known, ...targetRules(aimed, true)],
  };
}

function liveRules(): string[] {
  return [["ip", 4], ["ip6", 6]].map(([ip, family]) =>
    `${LIVE} ${ip} saddr . tcp sport . ${ip} daddr . tcp dport @live_${family} accept`
  );
}

function ownRules(doors: readonly GuardedDoor[], after: boolean): string[] {
  const ports = doors.flatMap(({ door }) => door.kernel.ports);
  const drops = PROTOCOLS.flatMap((protocol) => {
    const dport = dportOf(ports, protocol);
    return dport === undefined ? [] : [`${dport} drop`];
  });
  return [...acceptRules(doors, "", after), ...drops];
}

function targetRules(doors: readonly GuardedDoor[], after: boolean): string[] {
  const targets = Map.groupBy(doors, ({ door }) => door.target!.text);
  return [...targets.values()].flatMap((group) => {
    const { family, text } = group[0]!.door.target!;
    const daddr = `${family === 4 ? "ip" : "ip6"} daddr ${text} `;
    return [
      ...acceptRules(group, daddr, after),
      ...ownRules(group, after).filter((rule) => rule.endsWith(" drop"))
        .map((rule) => daddr + rule),
    ];
  });
}

/** A door of one connection comes last: who may pass by another door uses nothing up. */
function acceptRules(
  doors: readonly GuardedDoor[],
  to: string,
  after: boolean,
): string[] {
  const first = doors.filter(({ door }) => door.kernel.connections === 0);
  const last = doors.filter(({ door }) => door.kernel.connections !== 0);
  return [
    ...doors.flatMap((guarded) => allowRules(guarded, to)),
    ...first.flatMap((guarded) => setRules(guarded, to, (from) => `${from} accept`)),
    ...last.flatMap((guarded) =>
      after ? judgedRules(guarded, to) : onceRules(guarded, to)
    ),
  ];
}

function allowRules({ door }: GuardedDoor, to: string): string[] {
  return familiesOf(door).flatMap((family) => {
    const networks = outermost(door.kernel.allow, family).map(formatAddressBlock);
    if (networks.length === 0) return [];
    const from = `${ipOf(family)} saddr { ${networks.join(", ")} }`;
    return dportsOf(door.kernel.ports).map((dport) => `${to}${dport} ${from} accept`);
  });
}

function setRules(
  { door, number }: GuardedDoor,
  to: string,
  verdict: (from: string, set: string, family: 4 | 6) => string,
): string[] {
  return dportsOf(door.kernel.ports).flatMap((dport) =>
    familiesOf(door).map((family) => {
      const set = `@${setName(number, family)}`;
      return `${to}${dport} ${verdict(`${ipOf(family)} saddr ${set}`, set, family)}`;
    })
  );
}

function onceRules(guarded: GuardedDoor, to: string): string[] {
  return setRules(
    guarded,
    to,
    (from, set, family) =>
      `${SYN} ${from} delete ${set} { ${ipOf(family)} saddr } accept`,
  );
}

/** Its element is gone by now: what was let through is known by having kept its way. */
function judgedRules({ door }: GuardedDoor, to: string): string[] {
  const here = to === "" ? "fib daddr type != unicast " : "";
  // One rule each: nft(8) can't read back what it writes of a set of these.
  return mergeRanges(door.kernel.ports, "tcp").map(portText).map((port) =>
    `${to}tcp dport ${port} ct original proto-dst ${port} ${JUDGED} ${here}accept`
  );
}

function dportsOf(ports: readonly PortRange[]): string[] {
  return PROTOCOLS.flatMap((protocol) => dportOf(ports, protocol) ?? []);
}

function dportOf(ports: readonly PortRange[], protocol: Protocol): string | undefined {
  const ranges = mergeRanges(ports, protocol).map(portText);
  if (ranges.length === 0) return undefined;
  return `${protocol} dport { ${ranges.join(", ")} }`;
}

function portText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

function ipOf(family: 4 | 6): string {
  return family === 4 ? "ip" : "ip6";
}
