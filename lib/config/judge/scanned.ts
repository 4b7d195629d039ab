/** Sequences that are met by packets which nobody meant as a knock. */

import type { Door, Knock } from "../../core/door.ts";
import { formatKnock } from "../../core/sequence.ts";
import { TCP_FLAG_BITS } from "../../core/tcp_flags.ts";
import { type Adviser, unwise } from "./advice.ts";

const BUSY: ReadonlySet<number> = new Set([22, 80, 443]);

/** Ports that others connect to all day. */
export const busyPort: Adviser = ({ key }) => {
  const busy = key.kind === "static"
    ? key.sequence.find(({ port }) => BUSY.has(port))
    : undefined;
  return busy && unwise(
    "busy-port",
    `others connect to ${formatKnock(busy)} all day, and take part in the knock`,
    "choose ports that nobody uses",
  );
};

/** One pass over all ports, from the lowest to the highest. */
export const metByAscendingScan: Adviser = (door) => {
  const ports = scannedPorts(door);
  if (ports === undefined) return undefined;
  const { tolerance } = door;
  const gaps = ports.slice(1).map((port, i) => port - ports[i]!);
  const between = gaps.reduce((sum, gap) => sum + gap - 1, 0);
  if (!gaps.every((gap) => gap > 0) || (tolerance >= 0 && between > tolerance)) {
    return undefined;
  }
  return unwise(
    "met-by-scan",
    "a scan of all ports in their order opens it",
    tolerance < 0 ? "leave tolerance at 2" : "put the ports further apart, not in order",
  );
};

const PORTS = 65_535;
/** Of so many scans one that opens the door is too many. */
const RARE = 1000;

/** One pass over all ports in an order that is drawn, as nmap and masscan have it. */
export const metByRandomScan: Adviser = (door) => {
  const ports = scannedPorts(door);
  if (ports === undefined || new Set(ports).size < ports.length) return undefined;
  const scans = Math.round(1 / chance(ports.length, door.tolerance));
  if (scans > RARE) return undefined;
  return unwise(
    "met-by-random-scan",
    `of ${scans} scans of all ports in a random order one opens it`,
    "leave tolerance at 2, or take more ports",
  );
};

/** Of so many ports in their order, with so many others between the first and the last. */
function chance(length: number, tolerance: number): number {
  let orders = 1;
  for (let i = 2; i <= length; i++) orders *= i;
  if (tolerance < 0) return 1 / orders;
  let ways = PORTS;
  for (let i = 1; i < length; i++) ways *= (tolerance + i) / i / PORTS;
  return Math.min(1 / orders, ways / PORTS);
}

/** The ports of a sequence that a scan by one protocol could meet, two or more. */
function scannedPorts({ key, tcpFlags, target }: Door): number[] | undefined {
  if (key.kind !== "static" || key.sequence.length < 2 || target) return undefined;
  const [first] = key.sequence;
  if (!key.sequence.every((knock: Knock) => knock.protocol === first!.protocol)) {
    return undefined;
  }
  const synCounts = (TCP_FLAG_BITS.syn & tcpFlags.mask) === tcpFlags.value;
  if (first!.protocol === "tcp" && !synCounts) return undefined;
  return key.sequence.map(({ port }) => port);
}
