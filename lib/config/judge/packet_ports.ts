/** Whether the ports of single packets are free for them. */

import type { Door } from "../../core/door.ts";
import { packetPort } from "../../core/packet_port.ts";
import type { Finding } from "../problems.ts";

/** A port that a static sequence has: what opens one door would never reach the other. */
export function* wrongPacketPorts(
  door: Door,
  doors: readonly Door[],
): Generator<Finding> {
  const port = packetPort(door);
  if (port === undefined) return;
  const other = doors.find(({ key }) =>
    key.kind === "static" &&
    key.sequence.some((knock) => knock.protocol === "udp" && knock.port === port)
  );
  if (other === undefined) return;
  const message = `port ${port}:udp is part of the sequence of the door ${other.name}`;
  const hint = "take another port for single packets; any will do, 53 and 443 too";
  const path = ["doors", door.name, "otp", "packet"];
  yield { severity: "error", path, message, hint };
}
