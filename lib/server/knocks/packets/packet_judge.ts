/** What a single packet is worth that has a known tag. */

import { addressFromWords } from "../../../core/address_words.ts";
import type { Hit } from "../../../core/hit.ts";
import type { LiveSequence } from "../../../core/matcher/live_sequence.ts";
import type { Refusal } from "../../../core/refusal.ts";
import { refusalWords } from "../../../core/refusal_words.ts";
import { LineLimit } from "../../log/line_limit.ts";
import type { Report } from "../../log/report.ts";
import type { System } from "../../system.ts";
import type { LivePacket } from "./live_packet.ts";

/** What becomes of packets that are proven. */
export interface Proven {
  /** Opens what a sequence opens, if it may be used. */
  open(sequence: LiveSequence, hit: Hit): void;
  /** Opens nothing, and spends what who saw it could use. */
  refuse(sequence: LiveSequence, hit: Hit, refusal: Refusal): void;
}

/** The first of a door is said at once, and a minute later how many more there were. */
const FIRST = { lines: 1, windowMs: 60_000 };

/** Takes single packets. Whoever sends many makes few lines. */
export class PacketJudge {
  readonly #system: System;
  readonly #report: Report;
  readonly #proven: Proven;
  readonly #wrong: LineLimit;
  readonly #repeated: LineLimit;

  constructor(system: System, report: Report, proven: Proven) {
    this.#system = system;
    this.#report = report;
    this.#proven = proven;
    this.#wrong = new LineLimit(system, (door, count) => {
      report.packets(door, "more packets with a wrong proof", count);
    }, FIRST);
    this.#repeated = new LineLimit(system, (door, count) => {
      report.packets(door, "more packets that had come from another address", count);
    }, FIRST);
  }

  /** Takes a packet whose tag this datagram begins with, unless its sender sent it before. */
  take(packet: LivePacket, hit: Hit, bytes: Uint8Array): boolean {
    const { door, client } = packet.issuer;
    const source = addressFromWords(hit.source);
    const ip = source.text;
    const proven = packet.proves(bytes, hit.payload, source, this.#system.monotonic());
    if (proven === undefined) return true;
    if (!proven) {
      if (this.#wrong.admits(door.name)) this.#refuse(packet, ip, { kind: "proof" });
      return true;
    }
    const before = packet.judgedBefore(ip, hit.time);
    if (before === ip) return false;
    if (before !== undefined) {
      if (this.#repeated.admits(door.name)) this.#refuse(packet, ip, { kind: "used" });
      return true;
    }
    const { counter } = packet;
    const sequence = { door, client, counter, knocks: [], ordered: false };
    const allowed = door.seqTimeout;
    const isLate = this.#system.now() - hit.time >= allowed * 1000;
    if (!isLate) this.#proven.open(sequence, hit);
    else this.#proven.refuse(sequence, hit, { kind: "late packet", allowed });
    return true;
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
