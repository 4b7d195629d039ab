/** The single packets that are known, by what they begin with. */

import type { Address } from "../../../core/address.ts";
import type { Door } from "../../../core/door.ts";
import { Destinations, isFor } from "../../../core/matcher/destinations.ts";
import { type Hit, UDP } from "../../../core/hit.ts";
import { isAt, LEAST_PAYLOAD, MOST_PAYLOAD } from "../../../core/one_time/packet.ts";
import { KeyFilter } from "./key_filter.ts";
import type { LivePacket } from "./live_packet.ts";

/** A datagram's length at most, its header of 8 bytes included, however much is captured. */
const MOST_LENGTH = 8 + MOST_PAYLOAD;

/**
 * Finds the packet that a datagram is. A datagram that is none costs one look-up, and that
 * only at a port that takes packets: no cryptography, and nothing is made for it.
 */
export class PacketTable {
  /** How many packets each port takes. */
  readonly #ports = new Uint32Array(65536);
  readonly #packets = new Map<number, LivePacket[]>();
  /** The keys of the map, which alone would be slow. */
  readonly #keys = new KeyFilter();
  readonly #destinations: Destinations;

  /** Knows the targets of doors, and no address of this host yet. */
  constructor(targets: readonly Address[]) {
    this.#destinations = new Destinations(targets);
  }

  /** Makes these, and no others, the addresses of this host. */
  setHostAddresses(addresses: readonly Address[]): void {
    this.#destinations.setHost(addresses);
  }

  /** Knows a packet from now on. */
  add(packet: LivePacket): void {
    const key = keyAt(packet.tag, 0);
    const alike = this.#packets.get(key);
    if (alike === undefined) {
      this.#packets.set(key, [packet]);
      this.#keys.add(key);
    } else alike.push(packet);
    this.#ports[packet.issuer.port]! += 1;
  }

  remove(packet: LivePacket): void {
    const key = keyAt(packet.tag, 0);
    const alike = this.#packets.get(key) ?? [];
    const left = alike.filter((other) => other !== packet);
    if (left.length === alike.length) return;
    if (left.length > 0) this.#packets.set(key, left);
    else {
      this.#packets.delete(key);
      this.#keys.remove(key);
    }
    this.#ports[packet.issuer.port]! -= 1;
  }

  /** Whether a hit is at a port that takes packets. */
  isAsked({ port, protocol }: Hit): boolean {
    return protocol === UDP && this.#ports[port] !== 0;
  }

  /** The packet whose tag a datagram to its door's address and port begins with. */
  find(hit: Hit, bytes: Uint8Array): LivePacket | undefined {
    const { payload, payloadLength } = hit;
    if (!this.isAsked(hit)) return undefined;
    if (payloadLength < LEAST_PAYLOAD || hit.length > MOST_LENGTH) return undefined;
    const key = keyAt(bytes, payload);
    return this.#keys.mayHave(key) ? this.#findAmong(key, hit, bytes) : undefined;
  }

  /** Apart: what its closure needs would be made for each datagram. */
  #findAmong(key: number, hit: Hit, bytes: Uint8Array): LivePacket | undefined {
    const { port, payload } = hit;
    return this.#packets.get(key)?.find(({ issuer, tag }) =>
      issuer.port === port && isAt(tag, bytes, payload) && this.#reaches(issuer.door, hit)
    );
  }

  #reaches({ target }: Door, { destination }: Hit): boolean {
    const number = this.#destinations.targetNumber(target);
    return isFor(this.#destinations.classOf(destination), number);
  }
}

/** The first 30 bits of a tag, as a number that is quickly looked up. */
function keyAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 22 | bytes[at + 1]! << 14 | bytes[at + 2]! << 6 |
    bytes[at + 3]! >> 2;
}
