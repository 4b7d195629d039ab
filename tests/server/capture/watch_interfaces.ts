/** Interfaces watched in memory, and what they tell. */
import type { CaptureEvent } from "../../../lib/server/capture/capture.ts";
import { Faults } from "../../../lib/server/faults.ts";
import { Interfaces } from "../../../lib/server/capture/interfaces.ts";
import type { MemoryNetwork } from "./memory_network.ts";

/** Interfaces on a network in memory, with what they told in short words. */
export function watch(names: string[], network: MemoryNetwork, filters = ["tcp"]) {
  const told: string[] = [];
  let packets = 0;
  const interfaces = new Interfaces(names, {
    network,
    snapLength: () => 128,
    filter: () => filters[0] ?? "",
    onPacket: () => void packets++,
    faults: new Faults({ monotonic: () => 0 }, (line) => told.push(line)),
    onEvent: (event) => told.push(short(event)),
  });
  return { interfaces, network, packets: () => packets, news: () => told.splice(0) };
}

function short(event: CaptureEvent): string {
  switch (event.kind) {
    case "addresses":
      return `addresses: ${event.addresses}`;
    case "listening":
      return `${event.interface}: listening (${event.addresses})`;
    case "deaf":
    case "left":
    case "slow":
      return `${event.interface}: ${event.kind}: ${event.reason}`;
  }
}
