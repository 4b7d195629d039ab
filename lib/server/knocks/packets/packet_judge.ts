/** What a single packet is worth that has a known tag. */

import { addressFromWords } from "../../../core/address_words.ts";
import type { Hit } from "../../../core/hit.ts";
import type { LiveSequence } from "../../../core/matcher/live_sequence.ts";
import type { Refusal } from "../../../core/refusal.ts";
import { refusalWords } from "../../../core/refusal_words.ts";
import type { Report } from "../../log/report.ts";
import type { System } from "../../system.ts";
import { FirstOfMany } from "./first_of_many.ts";
import type { LivePacket } from "./live_packet.ts";

/** Opens what a sequence opens, if it may be used. */
export type Open = (sequence: LiveSequence, hit: Hit) => void;

/** Takes single packets. Who sends many makes few lines. */
export class PacketJudge {
  readonly #system: System;
  readonly #report: Report;
  readonly #open: Open;
  readonly #wrong: FirstOfMany;
  readonly #repeated: FirstOfMany;

  constructor(system: System, report: Report, open: Open) {
    this.#system = system;
    this.#report = report;
    this.#open = open;
    this.#wrong = new FirstOfMany(system, (door, count) => {
      report.packets(door, "more packets with a wrong proof", count);
    });
    this.#repeated = new FirstOfMany(system, (door, count) => {
      report.packets(door, "more packets that had come from another address", count);
    });
  }

  /** Takes a packet whose tag this datagram begins with. */
  take(packet: LivePacket, hit: Hit, bytes: Uint8Array): void {
    const { door, client } = packet.issuer;
    const source = addressFromWords(hit.source);
    const ip = source.text;
    const proven = packet.proves(bytes, hit.payload, source, this.#system.monotonic());
    if (proven === undefined) return;
    if (!proven) {
      this.#wrong.add(door.name, () => this.#refuse(packet, ip, { kind: "proof" }));
      return;
    }
    const before = packet.judgedBefore(ip, hit.time);
    if (before === ip) return;
    if (before !== undefined) {
      this.#repeated.add(door.name, () => this.#refuse(packet, ip, { kind: "used" }));
      return;
    }
    if (this.#system.now() - hit.time >= door.seqTimeout * 1000) {
      const allowed = door.seqTimeout;
      return this.#refuse(packet, ip, { kind: "late packet", allowed });
    }
    const { counter } = packet;
    this.#open({ door, client, counter, knocks: [], ordered: false }, hit);
  }

  /** Says what is left to say, and ends its timers. */
  close(): void {
    this.#wrong.flush();
    this.#repeated.flush();
  }

  #refuse({ issuer: { door, client } }: LivePacket, ip: string, refusal: Refusal): void {
    this.#report.refused({
      door: door.name,
      ip,
      client: client.name,
      reason: refusal.kind,
      why: refusalWords(refusal),
    });
  }
}
