/** A client of a rotating door, and what is live for them. */

import type { Address } from "../../../core/address.ts";
import type { Client, Door, OtpSettings, Sequence } from "../../../core/door.ts";
import type { LiveSequence } from "../../../core/matcher/live_sequence.ts";
import {
  derivationKey,
  deriveFirst,
  deriveSequence,
} from "../../../core/one_time/derive.ts";
import { packetKey } from "../../../core/one_time/packet.ts";
import type { Secret } from "../../../core/secret.ts";
import { type Series, seriesOf } from "../../journal/series.ts";
import { LivePacket, type PacketIssuer } from "../packets/live_packet.ts";
import { ClockSightings } from "./clock_sightings.ts";
import type { Wanted } from "./wanted_counters.ts";

/** A client of a rotating door. */
export class Member {
  readonly door: Door;
  readonly otp: OtpSettings;
  readonly client: Client;
  /** The sequences, or announcements, in the matcher, by their counters. */
  readonly live = new Map<number, LiveSequence>();
  /** The single packets that are known, by their counters. */
  readonly packets = new Map<number, LivePacket>();
  /** The counters that are to be live, where each client has its own. */
  wanted: Wanted | undefined;
  #clock = new ClockSightings();
  #plain: Secret | undefined;
  #issuer: PacketIssuer | undefined;
  #series: Series | undefined;

  constructor(door: Door, otp: OtpSettings, client: Client) {
    this.door = door;
    this.otp = otp;
    this.client = client;
  }

  /** What the journal knows the client by. */
  get series(): Series {
    return this.#series ??= seriesOf(this.door.label, this.otp, this.client);
  }

  /** What is known of the client's clock. */
  get clock(): ClockSightings {
    return this.#clock;
  }

  /** What a counter makes live without a source: a sequence, or an announcement of one. */
  sequence(counter: number): LiveSequence {
    const { door, client } = this;
    const common = { door, client, counter, ordered: false };
    if (!this.otp.bindSource) {
      return { ...common, knocks: deriveSequence(this.otp, counter, this.#key()) };
    }
    const first = deriveFirst(this.otp, counter, this.#key());
    return { ...common, knocks: [first], announcement: true };
  }

  /** The packet of a counter, where the door takes packets. */
  packet(counter: number): LivePacket | undefined {
    const issuer = this.#issuer ??= this.#newIssuer();
    return issuer && new LivePacket(issuer, counter);
  }

  /** The ports of a counter for one source. */
  boundKnocks(counter: number, source: Address): Sequence {
    const { client, door } = this;
    const bound = derivationKey(client.secret, door.label, source);
    return deriveSequence(this.otp, counter, this.#key(), bound);
  }

  /** Whether the same sequences follow for both. */
  isLike({ door, otp, client }: Member): boolean {
    return this.door.label === door.label && sameSettings(this.otp, otp) &&
      sameBytes(this.client.secret.reveal(), client.secret.reveal());
  }

  /** Takes over what was derived for, and learnt of, a member that it is like. */
  inherit(earlier: Member): void {
    this.#plain = earlier.#plain;
    this.#issuer = this.#newIssuer(earlier.#issuer?.key);
    this.#series = earlier.#series;
    this.#clock = earlier.#clock;
    for (const [counter, sequence] of earlier.live) {
      this.live.set(counter, { ...sequence, door: this.door, client: this.client });
    }
    const issuer = this.#issuer;
    if (issuer === undefined) return;
    for (const [counter, packet] of earlier.packets) {
      this.packets.set(counter, packet.inherited(issuer));
    }
  }

  #newIssuer(key?: Secret): PacketIssuer | undefined {
    const { door, client, otp: { packet: port, bindSource: bound } } = this;
    if (port === undefined) return undefined;
    return {
      ...{ door, client, port, bound },
      key: key ?? packetKey(client.secret, door.label),
    };
  }

  #key(): Secret {
    return this.#plain ??= derivationKey(this.client.secret, this.door.label);
  }
}

function sameSettings(a: OtpSettings, b: OtpSettings): boolean {
  return a.length === b.length && a.lo === b.lo && a.hi === b.hi &&
    a.protocol === b.protocol && a.mode === b.mode && a.period === b.period &&
    a.bindSource === b.bindSource;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
