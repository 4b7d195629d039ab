/**
 * The sessions that go on when their port becomes a guarded one: conntrack may not know
 * them yet, and would take their next packet for a stranger's.
 */

import { readKernelFile } from "../../../ffi/libc.ts";
import type { PortRange } from "../../core/firewall/kernel_ports.ts";
import { guardedSessions, type Session } from "../../core/firewall/session.ts";

/** Bytes that are read of each file: 200,000 sessions. */
const MOST_BYTES = 32 * 1024 * 1024;

/** This host's sessions on these ports. */
export function liveSessions(ports: readonly PortRange[]): Session[] {
  if (!ports.some(({ protocol }) => protocol === "tcp")) return [];
  // Below /proc/self, which a unit that hides the rest of /proc (ProcSubset=pid) leaves.
  const sessions = ["/proc/self/net/tcp", "/proc/self/net/tcp6"].flatMap((path) =>
    guardedSessions(readKernelFile(path, MOST_BYTES), ports)
  );
  const seen = new Set<string>();
  return sessions.filter(({ peer, peerPort, local, localPort }) => {
    const key = `${peer.text} ${peerPort} ${local.text} ${localPort}`;
    return !seen.has(key) && seen.add(key);
  });
}
