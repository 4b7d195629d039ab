/** The single packet of a counter, as it is known ahead of its coming. */

import type { Address } from "../../../core/address.ts";
import type { Client, Door } from "../../../core/door.ts";
import {
  isAt,
  packetPayload,
  packetProof,
  packetTag,
  TAG_BYTES,
} from "../../../core/one_time/packet.ts";
import type { Secret } from "../../../core/secret.ts";

/** Proofs that are computed in a second: whoever saw a bound packet can ask for them. */
const PROOFS_PER_SECOND = 4;

/** What the packets of a client have in common. */
export interface PacketIssuer {
  readonly door: Door;
  readonly client: Client;
  /** The UDP port that they come to. */
  readonly port: number;
  /** Whether each is for one source alone. */
  readonly bound: boolean;
  /** What they are derived from. */
  readonly key: Secret;
}

/** What became of a packet, for when it comes again. */
interface Judged {
  readonly ip: string;
  /** Unix milliseconds. */
  readonly time: number;
}

/** One packet that a door would take, or explain. */
export class LivePacket {
  readonly issuer: PacketIssuer;
  readonly counter: number;
  /** Its tag, and behind it its proof where that does not depend on the source. */
  readonly #expected: Uint8Array;
  #judged: Judged | undefined;
  #second = -Infinity;
  #computed = 0;

  constructor(issuer: PacketIssuer, counter: number, expected?: Uint8Array) {
    this.issuer = issuer;
    this.counter = counter;
    const derive = issuer.bound ? packetTag : packetPayload;
    this.#expected = expected ?? derive(issuer.key, counter).slice();
  }

  /** What is known of it, for a client like the one that it was of. */
  inherited(issuer: PacketIssuer): LivePacket {
    const heir = new LivePacket(issuer, this.counter, this.#expected);
    heir.#judged = this.#judged;
    return heir;
  }

  /** What it begins with. */
  get tag(): Uint8Array {
    return this.#expected.subarray(0, TAG_BYTES);
  }

  /**
   * Whether the payload at `at`, which begins with its tag, is proven for a source; nothing
   * is said where too many proofs were asked for. `now` is monotonic.
   */
  proves(
    bytes: Uint8Array,
    at: number,
    source: Address,
    now: number,
  ): boolean | undefined {
    if (!this.issuer.bound) return isAt(this.#expected, bytes, at);
    if (now >= this.#second + 1000) {
      this.#second = now;
      this.#computed = 0;
    }
    if (this.#computed === PROOFS_PER_SECOND) return undefined;
    this.#computed++;
    const proof = packetProof(this.issuer.key, this.counter, source);
    return isAt(proof, bytes, at + TAG_BYTES);
  }

  /**
   * Who sent it when it was judged, if that is so short ago that it is the same knock;
   * else takes note that it is judged now.
   */
  judgedBefore(ip: string, time: number): string | undefined {
    const { seqTimeout } = this.issuer.door;
    const judged = this.#judged;
    if (judged && Math.abs(time - judged.time) < seqTimeout * 1000) return judged.ip;
    this.#judged = { ip, time };
    return undefined;
  }
}
