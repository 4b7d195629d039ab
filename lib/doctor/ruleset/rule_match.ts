/** Whether a rule is about the first packet of a connection to a port. */

import { iptablesOwn, said } from "./ruleset.ts";

/** The first packet of a connection, of which nothing is known but what it asks for. */
export interface Packet {
  readonly version: 4 | 6;
  readonly protocol: "tcp" | "udp";
  /** The port that it is for, where that is known. */
  readonly port?: number;
  /** Whether its sender is in no list of addresses, neither of friends nor of enemies. */
  readonly stranger?: boolean;
  /** The interface that it comes by, where that is known. */
  readonly by?: string;
}

/** Whether something holds; `maybe` where another packet could tell otherwise. */
export type Holds = "yes" | "no" | "maybe";

/** Whether all matches among the parts of a rule hold. */
export function matches(parts: readonly unknown[], packet: Packet): Holds {
  const all = parts.map((part) => holds(part, packet));
  if (all.includes("no")) return "no";
  return all.includes("maybe") ? "maybe" : "yes";
}

/** A field of a header, if that is what is looked at. */
function payload(left: unknown): { protocol?: string; field?: string } {
  return said(left, "payload") ?? {};
}

/** Whether a part of a rule is about the port that a packet is for. */
export function namesPort(part: unknown): boolean {
  const { left } = (said(part, "match") ?? {}) as { left?: unknown };
  return payload(left).field === "dport";
}

/** What a map of verdicts chooses for it, or the part itself; `undefined` if it can't be told. */
export function chosen(part: unknown, packet: Packet): unknown {
  const map = said(part, "vmap") as { key?: unknown; data?: unknown } | undefined;
  if (map === undefined) return part;
  const set = said(map.data, "set");
  const value = valueOf(map.key, packet);
  if (value === NOTHING) return {};
  if (value === undefined || !Array.isArray(set)) return undefined;
  for (const [key, verdict] of set) {
    const found = among(value, key);
    // One who is sent back is as one who was never asked.
    if (found === "yes") return said(verdict, "return") ? undefined : verdict;
    if (found === "maybe") return undefined;
  }
  return {};
}

/** Whether a part is about written addresses, and not of a set, which may change. */
export function namesSource(part: unknown): boolean {
  const { op = "", left, right } = (said(part, "match") ?? {}) as Match;
  if (payload(left).field !== "saddr" || op.startsWith("!")) return false;
  const isSet = typeof right === "string" && right.startsWith("@");
  return !isSet && among(STRANGER, right) === "no";
}

interface Count {
  /** Whether it is about what is beyond it. */
  readonly inv?: boolean;
}

interface Match {
  readonly op?: string;
  readonly left?: unknown;
  readonly right?: unknown;
}

function holds(part: unknown, packet: Packet): Holds {
  const { type, name } = iptablesOwn(part);
  if (name === "comment") return "yes";
  if (type === "match") return "maybe";
  const count = (said(part, "limit") ?? said(part, "ct count")) as Count | undefined;
  // It comes alone.
  if (count !== undefined) return count.inv ? "no" : "yes";
  // A set to which it is added, if it is not too much.
  const { stmt, elem } = (said(part, "set") ?? {}) as {
    stmt?: readonly unknown[];
    elem?: unknown;
  };
  if (stmt !== undefined) {
    return valueOf(elem, packet) === NOTHING ? "no" : matches(stmt, packet);
  }
  const match = said(part, "match") as Match | undefined;
  if (match === undefined) return "yes";
  const value = valueOf(match.left, packet);
  if (value === undefined) return "maybe";
  const found = value === NOTHING || isOfSeveralFlags(match)
    ? "no"
    : among(value, match.right);
  if (!match.op?.startsWith("!") || found === "maybe" || value === NOTHING) return found;
  return found === "yes" ? "no" : "yes";
}

/** Whether it asks for several flags together, and not for one of them. */
function isOfSeveralFlags({ op, left, right }: Match): boolean {
  const isFlags = said(left, "&") !== undefined || payload(left).field === "flags";
  return isFlags && Array.isArray(right) && /^[!=]=$/.test(op ?? "");
}

/** A field that such a packet does not have. */
const NOTHING = Symbol();

type Value = string | number | boolean | typeof NOTHING | undefined;

/** What the packet has there; `undefined` if that can't be told. */
function valueOf(left: unknown, packet: Packet): Value {
  const { version, protocol, port, stranger } = packet;
  if (said(left, "&") !== undefined) return flagsOf(said(left, "&"), protocol);
  const together = said(left, "concat");
  if (Array.isArray(together)) {
    const values = together.map((one) => valueOf(one, packet));
    return values.find((value) => value === NOTHING || value === STRANGER);
  }
  const { protocol: header, field } = payload(left);
  if (header === "ip" || header === "ip6") {
    if ((header === "ip") !== (version === 4)) return NOTHING;
    if (field === "saddr" && stranger) return STRANGER;
    return field === "protocol" || field === "nexthdr" ? protocol : undefined;
  }
  if (header === "icmp" || header === "icmpv6") return NOTHING;
  if (header === "tcp" || header === "udp" || header === "th") {
    if (header !== "th" && header !== protocol) return NOTHING;
    if (field === "flags") return "syn";
    return field === "dport" ? port : undefined;
  }
  if (said(left, "fib") !== undefined) return routeOf(said(left, "fib")!);
  const { key } = (said(left, "meta") ?? said(left, "ct") ?? {}) as { key?: string };
  if (said(left, "ct") !== undefined) {
    if (key === "state") return "new";
    return key === "status" ? NO_STATUS : undefined;
  }
  if (key === "l4proto") return protocol;
  if (key === "nfproto") return `ipv${version}`;
  return key === "iif" || key === "iifname" ? packet.by ?? INTERFACE : undefined;
}

/** What the routing table says: it is for this host, and answers go back where it came in. */
function routeOf(fib: { result?: string; flags?: unknown }): Value {
  const flags = [fib.flags].flat();
  if (fib.result === "type" && flags.includes("daddr")) return LOCAL;
  return flags.includes("saddr") && flags.includes("iif") ? WAY_BACK : undefined;
}

/** A connection over TCP begins with one flag; with others in the mask there is none. */
function flagsOf(masked: unknown, protocol: string): Value {
  const [left, mask] = masked as readonly unknown[];
  const { protocol: header, field } = payload(left);
  if (header !== "tcp" || field !== "flags" || !Array.isArray(mask)) return undefined;
  if (protocol !== "tcp") return NOTHING;
  return mask.includes("syn") ? "syn" : 0;
}

/** It came by none that has a name here, and not by loopback. */
const INTERFACE = "\0";
/** From an address that is in no list. */
const STRANGER = "\0stranger";
/** The way back, which is there. */
const WAY_BACK = true;
/** An address of this host: its type by name, and by the number that ranges have. */
const LOCAL = "local";
const LOCAL_NUMBER = 2;
/** Of a connection with which nothing was done yet. */
const NO_STATUS = "\0none";
/** Where a network is as wide as this, everybody is in it: 2000::/3 is all of IPv6. */
const WIDEST = 3;

function among(value: string | number | boolean, right: unknown): Holds {
  if (Array.isArray(right)) return anyOf(right.map((one) => among(value, one)));
  const set = said(right, "set");
  if (set !== undefined) return among(value, set);
  const range = said(right, "range");
  if (Array.isArray(range)) {
    const number = value === LOCAL ? LOCAL_NUMBER : Number(value);
    return number >= range[0] && number <= range[1] ? "yes" : "no";
  }
  if (value === STRANGER) {
    const { len } = (said(right, "prefix") ?? {}) as { len?: number };
    return len !== undefined && len <= WIDEST ? "yes" : "no";
  }
  if (typeof right === "string" && right.startsWith("@")) return "maybe";
  if (typeof right === "string" && right.endsWith("*")) {
    return value === INTERFACE ? "maybe" : startsWith(value, right.slice(0, -1));
  }
  if (value === WAY_BACK && typeof right !== "boolean") return "maybe";
  if (value === INTERFACE) return right === "lo" ? "no" : "maybe";
  return right === value ? "yes" : "no";
}

function startsWith(value: unknown, begin: string): Holds {
  return String(value).startsWith(begin) ? "yes" : "no";
}

function anyOf(all: readonly Holds[]): Holds {
  if (all.includes("yes")) return "yes";
  return all.includes("maybe") ? "maybe" : "no";
}
