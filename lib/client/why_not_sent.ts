/** Why a packet did not leave this machine, in words, and what helps. */

import { reason } from "../files/reason.ts";

interface Explained {
  readonly why: string;
  readonly hint: string;
}

/** By the system's code. */
const KNOWN: Readonly<Record<string, Explained>> = {
  ENETUNREACH: {
    why: "network is unreachable",
    hint: "is this machine online, and has it an address of that family? see -4 and -6",
  },
  EHOSTUNREACH: {
    why: "no route to host",
    hint: "see `ip route get` for the way there",
  },
  EACCES: {
    why: "permission denied",
    hint: "a route or a firewall on this machine forbids it",
  },
  EADDRNOTAVAIL: {
    why: "no address to send from",
    hint: "has this machine an address of that family? see -4 and -6",
  },
  // IPv4 can't be left out of a kernel.
  EAFNOSUPPORT: {
    why: "this machine has no IPv6",
    hint: "-4 knocks over IPv4, where the host has an address of it",
  },
  EMFILE: { why: "too many open files", hint: "raise `ulimit -n`" },
};

/** The rarer ones have the system's own words. */
const RARE = "is there a route, and does a firewall on this machine let it out?";

/** Explains what the system says; `zone` is that of a link-local target. */
export function whyNotSent(error: unknown, zone?: string): Explained {
  const code = (error as { code?: string }).code ?? "";
  if (zone !== undefined && ["", "ENETUNREACH"].includes(code)) {
    const why = `this machine has no link-local addresses on ${zone}`;
    return { why, hint: "see `ip -6 address` for its interfaces" };
  }
  const known = KNOWN[code === "EPERM" ? "EACCES" : code];
  return known ?? { why: reason(error), hint: RARE };
}
