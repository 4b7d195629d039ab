/** Whether a rule is about the first packet of a connection to a port. */

import { said } from "./ruleset.ts";

/** A packet of whom nothing is known but what it asks for. */
export interface Packet {
  /** The version of IP. */
  readonly version: 4 | 6;
  /** The protocol. */
  readonly protocol: "tcp" | "udp";
  /** The port that it is for. */
  readonly port: number;
}

/** Whether something holds; `maybe` where another packet could tell otherwise. */
export type Holds = "yes" | "no" | "maybe";

/** Whether all matches among the parts of a rule hold. */
export function matches(parts: readonly unknown[], packet: Packet): Holds {
  const all = parts.map((part) => holds(part, packet));
  if (all.includes("no")) return "no";
  return all.includes("maybe") ? "maybe" : "yes";
}

/** Whether a part of a rule is about the port that a packet is for. */
export function namesPort(part: unknown): boolean {
  const { left } = (said(part, "match") ?? {}) as { left?: unknown };
  const { field } = (said(left, "payload") ?? {}) as { field?: string };
  return field === "dport";
}

function holds(part: unknown, packet: Packet): Holds {
  const { type } = (said(part, "xt") ?? {}) as { type?: string };
  if (type === "match" || said(part, "limit") !== undefined) return "maybe";
  const match = said(part, "match") as
    | { op?: string; left?: unknown; right?: unknown }
    | undefined;
  if (match === undefined) return "yes";
  const value = valueOf(match.left, packet);
  if (value === undefined) return "maybe";
  const found = value === NOTHING ? "no" : among(value, match.right);
  if (match.op !== "!=" || found === "maybe" || value === NOTHING) return found;
  return found === "yes" ? "no" : "yes";
}

/** A field that such a packet does not have. */
const NOTHING = Symbol();

type Value = string | number | typeof NOTHING | undefined;

/** What the packet has there; `undefined` if that can't be told. */
function valueOf(left: unknown, { version, protocol, port }: Packet): Value {
  const { protocol: header, field } = (said(left, "payload") ?? {}) as Record<
    string,
    string
  >;
  if (header === "ip" || header === "ip6") {
    if ((header === "ip") !== (version === 4)) return NOTHING;
    return field === "protocol" || field === "nexthdr" ? protocol : undefined;
  }
  if (header === "icmp" || header === "icmpv6") return NOTHING;
  if (header === "tcp" || header === "udp" || header === "th") {
    if (header !== "th" && header !== protocol) return NOTHING;
    return field === "dport" ? port : undefined;
  }
  const { key } = (said(left, "meta") ?? said(left, "ct") ?? {}) as { key?: string };
  if (said(left, "ct") !== undefined) return key === "state" ? "new" : undefined;
  if (key === "l4proto") return protocol;
  if (key === "nfproto") return `ipv${version}`;
  return key === "iif" || key === "iifname" ? INTERFACE : undefined;
}

/** It came by none that has a name here, and not by loopback. */
const INTERFACE = "\0";

function among(value: string | number, right: unknown): Holds {
  if (Array.isArray(right)) return anyOf(right.map((one) => among(value, one)));
  const set = said(right, "set");
  if (set !== undefined) return among(value, set);
  const range = said(right, "range");
  if (Array.isArray(range)) {
    const number = Number(value);
    return number >= range[0] && number <= range[1] ? "yes" : "no";
  }
  if (typeof right === "string" && right.startsWith("@")) return "maybe";
  if (value === INTERFACE) return right === "lo" ? "no" : "maybe";
  return right === value ? "yes" : "no";
}

function anyOf(all: readonly Holds[]): Holds {
  if (all.includes("yes")) return "yes";
  return all.includes("maybe") ? "maybe" : "no";
}
