/** Every field of a hit is read from its packet, not made up. */
import assert from "node:assert/strict";
import { type Hit, TCP, UDP } from "../../../lib/core/hit.ts";
import { u16, u32 } from "../packets.ts";

/** Whether `part` is there in `bytes`, in one piece. */
function holds(bytes: Uint8Array, part: number[]): boolean {
  return bytes.some((_, at) => part.every((byte, i) => bytes[at + i] === byte));
}

/** Fails if a hit has something that its packet does not hold. */
export function assertWithin(hit: Hit, bytes: Uint8Array): void {
  assert(holds(bytes, [...u16(hit.sourcePort), ...u16(hit.port)]), "ports");
  for (const address of [hit.source, hit.destination]) {
    const mapped = address[0] === 0 && address[1] === 0 && address[2] === 0xffff;
    const words = mapped ? address.subarray(3) : address;
    assert(holds(bytes, [...words].flatMap(u32)), "address");
  }
  assert(hit.port >= 1 && hit.port <= 65535);
  if (hit.protocol === TCP) {
    const rest = [...u16(hit.sourcePort), ...u16(hit.port), ...u32(hit.tcpSequence)];
    assert(holds(bytes, rest), "sequence number");
    assert(holds(bytes, [hit.flags]), "flags");
  } else {
    assert.equal(hit.protocol, UDP);
    assert.deepEqual([hit.flags, hit.tcpSequence], [0, 0]);
  }
}
