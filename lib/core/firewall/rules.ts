/**
 * The rules of the kernel's doors. Every value in them was parsed: no text of a config gets
 * in as it was written.
 */

import type { Protocol } from "../door.ts";
import {
  familiesOf,
  type GuardedDoor,
  type KernelDoor,
  setName,
} from "./guarded_door.ts";
import { formatAddressBlock, isOneAddress, outermost } from "./address_block.ts";
import type { PortRange } from "./kernel_ports.ts";
import { mergeRanges } from "./port_range.ts";

/**
 * Where packets are looked at. `guard` comes before DNAT, so that a published port is
 * guarded like any other. The next two come after it and after routing, so that no
 * redirection and no routing table leads around the guard. What guards of this host have in
 * common is in `own`, which has no hook: twice as many rules take long to load.
 */
export const CHAINS = {
  guard: { hook: "prerouting", number: 0 },
  guard_in: { hook: "input", number: 1 },
  guard_forward: { hook: "forward", number: 2 },
  own: { hook: undefined, number: -1 },
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
/** Conntrack takes the SYN of one who begins anew for a part of the session that it knows. */
const KNOWN = [
  "ct state established tcp flags & (syn | ack) != syn accept",
  "ct state established meta l4proto != tcp accept",
];
/** Who was let through once, and whose handshake is not over, may have to say its SYN again. */
const UNANSWERED = "ct status confirmed ct status & assured == 0";
/** What the guard ahead of DNAT has let through already. */
const JUDGED = "ct status & dnat == 0";

/**
 * As many values have a rule each and no set: a set without a name costs the kernel as much
 * as there are others in the table, and a thousand doors would take ten seconds to load.
 */
const FEW = 4;

/** Local, broadcast, anycast and multicast ones reach a port here; words make no range. */
const HERE = "fib daddr type 2-5";

/** A door, and the begin of its rules: which packets they are about. */
interface Aimed extends GuardedDoor {
  readonly to: string;
  readonly families: readonly (4 | 6)[];
}

/** Each chain's rules, in order. For `iif` libnftables takes a socket, or ends us. */
export function chainRules(doors: readonly GuardedDoor[]): Record<ChainName, string[]> {
  const aimed = doors.filter(({ door }) => door.target !== undefined);
  const own = doors.filter(({ door }) => door.target === undefined);
  return {
    guard: [
      'iifname "lo" accept',
      ...KNOWN,
      ...liveRules(),
      ...targetRules(aimed, own, { after: false, here: `${HERE} ` }),
      // Not `unicast` alone: what a bridge passes on may have no route.
      "fib daddr type != 2-5 accept",
      ...ownRules(own, false),
    ],
    guard_in: [
      'iifname "lo" accept',
      ...KNOWN,
      ...liveRules(),
      ...targetRules(aimed, own, { after: true, here: "" }),
      ...ownRules(own, true),
    ],
    guard_forward: [...KNOWN, ...targetRules(aimed, [], { after: true, here: "" })],
    own: alikeRules(own.map(toHere)),
  };
}

function liveRules(): string[] {
  return ([4, 6] as const).map((family) => {
    const ip = ipOf(family);
    return `${LIVE} ${ip} saddr . tcp sport . ${ip} daddr . tcp dport @live_${family} accept`;
  });
}

function ownRules(doors: readonly GuardedDoor[], after: boolean): string[] {
  return [
    "jump own",
    ...onlyRules(doors.map(toHere), after),
    ...dropRules(doors, ""),
  ];
}

function toHere({ door, number }: GuardedDoor): Aimed {
  return { door, number, to: "", families: familiesOf(door) };
}

function dropRules(doors: readonly GuardedDoor[], to: string): string[] {
  const ports = doors.flatMap(({ door }) => door.kernel.ports);
  return dportsOf(ports).map((dport) => `${to}${dport} drop`);
}

/** @param own doors of all addresses of this host: who may pass one, may at each of these */
function targetRules(
  doors: readonly GuardedDoor[],
  own: readonly GuardedDoor[],
  { after, here }: { readonly after: boolean; readonly here: string },
): string[] {
  const targets = Map.groupBy(doors, ({ door }) => door.target!.text);
  return [...targets.values()].flatMap((group) => {
    const { family, text } = group[0]!.door.target!;
    const daddr = `${ipOf(family)} daddr ${text} `;
    const beside = own.filter((guarded) =>
      group.some((other) => shareAPort(guarded.door, other.door))
    );
    const families = [family];
    return [
      ...acceptRules([
        ...group.map((guarded) => ({ ...guarded, to: daddr, families })),
        ...beside.map((guarded) => ({ ...guarded, to: here + daddr, families })),
      ], after),
      ...dropRules(group, daddr),
    ];
  });
}

function shareAPort(a: KernelDoor, b: KernelDoor): boolean {
  return a.kernel.ports.some(({ first, last, protocol }) =>
    b.kernel.ports.some((other) =>
      other.protocol === protocol && other.first <= last && other.last >= first
    )
  );
}

/** A door of one connection comes last: who may pass by another door uses nothing up. */
function acceptRules(doors: readonly Aimed[], after: boolean): string[] {
  return [...alikeRules(doors), ...onlyRules(doors, after)];
}

/** What is accepted in every chain. */
function alikeRules(doors: readonly Aimed[]): string[] {
  const several = doors.filter(({ door }) => door.kernel.connections === 0);
  return [
    ...doors.flatMap(allowRules),
    ...several.flatMap((aimed) => setRules(aimed, (from) => `${from} accept`)),
  ];
}

/**
 * Doors of one connection. What came on a way that the guard ahead of DNAT does not know
 * uses them up where it arrives.
 */
function onlyRules(doors: readonly Aimed[], after: boolean): string[] {
  return doors.filter(({ door }) => door.kernel.connections !== 0).flatMap((aimed) => [
    ...(after ? judgedRules(aimed) : []),
    ...onceRules(aimed),
  ]);
}

function allowRules({ door, to, families }: Aimed): string[] {
  return families.flatMap((family) => {
    const networks = outermost(door.kernel.allow, family);
    const froms = apart(networks, isOneAddress, formatAddressBlock);
    return dportsOf(door.kernel.ports).flatMap((dport) =>
      froms.map((from) => `${to}${dport} ${ipOf(family)} saddr ${from} accept`)
    );
  });
}

function setRules(
  { door, number, to, families }: Aimed,
  verdict: (from: string, set: string, family: 4 | 6) => string,
): string[] {
  return dportsOf(door.kernel.ports).flatMap((dport) =>
    families.map((family) => {
      const set = `@${setName(number, family)}`;
      return `${to}${dport} ${verdict(`${ipOf(family)} saddr ${set}`, set, family)}`;
    })
  );
}

function onceRules(aimed: Aimed): string[] {
  const { door: { kernel: { ports } }, to } = aimed;
  return [
    ...dportsOf(ports).map((dport) => `${to}${dport} ${SYN} ${UNANSWERED} accept`),
    ...setRules(
      aimed,
      (from, set, family) =>
        `${SYN} ${from} delete ${set} { ${ipOf(family)} saddr } accept`,
    ),
  ];
}

/** Its element is gone by now: what was let through is known by having kept its way. */
function judgedRules({ door, to }: Aimed): string[] {
  const here = to === "" ? `${HERE} ` : "";
  // One rule each: nft(8) can't read back what it writes of a set of these.
  return mergeRanges(door.kernel.ports, "tcp").map(portText).map((port) =>
    `${to}tcp dport ${port} ct original proto-dst ${port} ${JUDGED} ${here}accept`
  );
}

function dportsOf(ports: readonly PortRange[]): string[] {
  return PROTOCOLS.flatMap((protocol) =>
    apart(mergeRanges(ports, protocol), isOnePort, portText)
      .map((those) => `${protocol} dport ${those}`)
  );
}

/**
 * What stands for one value in a set, and each of the others for itself: a set that is made
 * anew, as by a reload, finds none of its ranges for a moment, and strangers would pass.
 */
function apart<Value>(
  values: readonly Value[],
  isOne: (value: Value) => boolean,
  format: (value: Value) => string,
): string[] {
  const { one = [], several = [] } = Object.groupBy(
    values,
    (value) => isOne(value) ? "one" : "several",
  );
  const texts = one.map(format);
  const those = texts.length <= FEW ? texts : [`{ ${texts.join(", ")} }`];
  return [...those, ...several.map(format)];
}

function isOnePort({ first, last }: PortRange): boolean {
  return first === last;
}

function portText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

function ipOf(family: 4 | 6): string {
  return family === 4 ? "ip" : "ip6";
}
