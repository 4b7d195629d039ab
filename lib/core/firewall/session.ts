/** TCP sessions as Linux lists them (/proc/net/tcp and tcp6). */

import { type Address, addressFromBytes, parseAddress } from "../address.ts";
import type { PortRange } from "./kernel_ports.ts";

/** A connection of this host's, seen from here. */
export interface Session {
  /** The address of ours. */
  readonly local: Address;
  /** The port of ours. */
  readonly localPort: number;
  /** The other side's address, of the same family. */
  readonly peer: Address;
  /** The other side's port. */
  readonly peerPort: number;
}

/**
 * States in which both sides have agreed on a session that is not over: ESTABLISHED,
 * FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK and CLOSING (net/tcp_states.h).
 */
const ALIVE = new Set(["01", "04", "05", "08", "09", "0B"]);
/** Sessions that are named at most; a set has more room than that. */
const MOST_SESSIONS = 20_000;

/** The sessions on guarded ports, from the text of one of the files. */
export function guardedSessions(text: string, ports: readonly PortRange[]): Session[] {
  const guarded = ports.filter(({ protocol }) => protocol === "tcp");
  const sessions: Session[] = [];
  for (const [, local, remote, state] of text.matchAll(LINE)) {
    if (!ALIVE.has(state!) || sessions.length >= MOST_SESSIONS) continue;
    const [ours, theirs] = [endpoint(local!), endpoint(remote!)];
    if (!guarded.some(({ first, last }) => ours.port >= first && ours.port <= last)) {
      continue;
    }
    if (ours.address.family !== theirs.address.family) continue;
    sessions.push({
      local: ours.address,
      localPort: ours.port,
      peer: theirs.address,
      peerPort: theirs.port,
    });
  }
  return sessions;
}

const LINE = /^ *\d+: ([0-9A-F]+:[0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) ([0-9A-F]{2}) /gm;

/** Addresses are words in the byte order of the machine, which is little-endian. */
function endpoint(text: string): { address: Address; port: number } {
  const [hex = "", port = ""] = text.split(":");
  const words = Uint8Array.fromHex(hex);
  const bytes = words.map((_, i) => words[(i & ~3) + 3 - (i & 3)]!);
  const address = bytes.length === 16
    ? addressFromBytes(bytes)
    : parseAddress(bytes.join("."))!;
  return { address, port: parseInt(port, 16) };
}
