/**
 * The ports on which services of this machine listen, and doors whose knock they take part in.
 */

import { type Advice, remarksOn, unwise } from "../config/judge/advice.ts";
import { addressFromBytes } from "../core/address.ts";
import type { Door, Knock, Protocol } from "../core/door.ts";
import { formatKnock } from "../core/sequence.ts";
import type { Machine } from "./machine.ts";

/** Where the kernel lists sockets (proc(5)), and the state of those that listen. */
const TABLES: readonly [string, Protocol, string][] = [
  ["/proc/net/tcp", "tcp", "0A"],
  ["/proc/net/tcp6", "tcp", "0A"],
  ["/proc/net/udp", "udp", "07"],
  ["/proc/net/udp6", "udp", "07"],
];

/**
 * Ports that take packets from the network. A datagram socket may be a client's, as that of
 * a name lookup: those with a port that the kernel gives out are left out.
 */
export function listeningPorts(machine: Pick<Machine, "read">): Knock[] {
  const range = machine.read("/proc/sys/net/ipv4/ip_local_port_range") ?? "";
  const [, low = "32768", high = "60999"] = /^(\d+)\s+(\d+)/.exec(range) ?? [];
  const isLent = ({ port, protocol }: Knock) =>
    protocol === "udp" && port >= Number(low) && port <= Number(high);
  return TABLES.flatMap(([path, protocol, listening]) =>
    (machine.read(path) ?? "").split("\n").slice(1).flatMap((line) => {
      const [, local = "", , state] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      if (state !== listening || isLoopback(address)) return [];
      return [{ port: parseInt(port, 16), protocol }];
    })
  ).filter((knock) => knock.port > 0 && !isLent(knock));
}

/** An address as the kernel prints it: words of four bytes, each in the machine's order. */
function isLoopback(hex: string): boolean {
  const bytes = (hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16));
  const ordered = bytes.flatMap((_, i) => bytes[(i & ~3) + 3 - (i & 3)]!);
  if (ordered.length !== 4 && ordered.length !== 16) return true;
  const { text } = addressFromBytes(
    Uint8Array.from(
      ordered.length === 16 ? ordered : [...Array(10).fill(0), 255, 255, ...ordered],
    ),
  );
  return text === "::1" || text.startsWith("127.");
}

/** Doors in whose sequence a service's port is; 22, 80 and 443 are said of anyway. */
export function listeningAdvice(
  doors: readonly Door[],
  listening: readonly Knock[],
): Advice[] {
  const names = new Set(listening.map(formatKnock));
  return remarksOn(doors, [({ key, target }) => {
    if (key.kind !== "static" || target !== undefined) return undefined;
    const served = key.sequence.find((knock) =>
      names.has(formatKnock(knock)) && ![22, 80, 443].includes(knock.port)
    );
    return served && unwise(
      "served-port",
      `a service of this machine listens on ${
        formatKnock(served)
      }: whoever uses it takes ` +
        "part in the knock",
      "choose ports that nobody uses",
    );
  }]);
}
