/**
 * From packets to openings: what the matcher finds is said in the log, used up where it
 * can be used once only, and handed on.
 */

import type { Address } from "../../core/address.ts";
import { addressFromWords, isIpv4 } from "../../core/address_words.ts";
import type { Door, Knock, Opening } from "../../core/door.ts";
import { Failure } from "../../core/failure.ts";
import { Hit } from "../../core/hit.ts";
import type { LiveSequence } from "../../core/matcher/live_sequence.ts";
import type { MatchListener } from "../../core/matcher/match_listener.ts";
import { Matcher } from "../../core/matcher/matcher.ts";
import { type MatcherSettings, matcherSettings } from "../../core/matcher/settings.ts";
import { parsePacket } from "../../core/packet/parse.ts";
import type { Refusal } from "../../core/refusal.ts";
import { type SequenceFiles, sequencesOnDisk } from "../../files/sequence_file.ts";
import { Explainer } from "./explainer.ts";
import { HitTrace } from "./hit_trace.ts";
import { ListedSequences } from "./listed_sequences.ts";
import type { Series } from "../journal/series.ts";
import type { PacketHandler } from "../capture/network.ts";
import { PacketJudge } from "./packets/packet_judge.ts";
import { PacketTable } from "./packets/packet_table.ts";
import { shutBy } from "../log/failed_knock.ts";
import { LineLimit } from "../log/line_limit.ts";
import type { Report } from "../log/report.ts";
import type { SpentCounters } from "./rotation/rotating_door.ts";
import { Rotation } from "./rotation/rotation.ts";
import type { System } from "../system.ts";
import { Voided } from "./voided.ts";

export interface DoormanOptions {
  readonly doors: readonly Door[];
  readonly ignorePorts: readonly Knock[];
  /** Leave IPv6 out. */
  readonly ipv4Only: boolean;
  readonly system: System;
  readonly report: Report;
  /** Knows what is spent. */
  readonly journal: SpentCounters;
  /** Where the sequences of files are used up; by default in the files. */
  readonly files?: SequenceFiles;
  /**
   * Called for each opening, after the packet that completed it; one that takes its time
   * gives whether it was handed on then.
   */
  readonly open: (opening: Opening) => unknown;
  /** A secret of two words for hashing, the same for every doorman of a process. */
  readonly hashKey: Uint32Array;
}

/** Packets read together for which the world is asked once: it takes as long as matching. */
const PACKETS_A_LOOK = 64;

/** Watches packets on behalf of the doors of one config. */
export class Doorman {
  readonly #options: DoormanOptions;
  readonly #settings: MatcherSettings;
  readonly #matcher: Matcher;
  readonly #listed: ListedSequences;
  readonly #rotation: Rotation;
  readonly #packets: PacketTable;
  readonly #packetJudge: PacketJudge;
  readonly #voided: Voided;
  readonly #explainer: Explainer;
  /** Only while somebody debugs. */
  readonly #trace: HitTrace;
  readonly #stages: LineLimit;
  readonly #hit = new Hit();
  /** What follows from a packet is done after the matcher is through with it. */
  #after: (() => void)[] = [];
  /** When the packets at hand were read, -0 at first as in hit.ts, and for how many more that holds. */
  #now = -0;
  #clocked = 0;
  #cancelRest: (() => void) | undefined;
  #closed = false;

  /**
   * Takes over what `previous` knows of knocks under way. That one goes on, and is to be
   * closed when this one takes its place.
   */
  constructor(options: DoormanOptions, previous?: Doorman) {
    this.#options = options;
    const { doors, ignorePorts, hashKey, report, system, journal } = options;
    const { files = sequencesOnDisk } = options;
    this.#settings = matcherSettings(doors, ignorePorts, hashKey);
    const [earlier, rotating, explainer, listed] = previous === undefined
      ? []
      : [previous.#matcher, previous.#rotation, previous.#explainer, previous.#listed];
    const matcher = new Matcher(this.#settings, this.#listener(), earlier);
    this.#matcher = matcher;
    this.#listed = new ListedSequences(doors, { matcher, report, system, files }, listed);
    this.#stages = new LineLimit(system, (_, count) => report.suppressed("stage", count));
    this.#explainer = new Explainer(system, report, matcher, explainer);
    const packets = this.#packets = new PacketTable(this.#settings.targets);
    this.#trace = new HitTrace(report, system, matcher, packets);
    const tools = { matcher, journal, report, packets };
    this.#rotation = new Rotation(doors, system, tools, rotating);
    this.#voided = new Voided({ listed: this.#listed, rotation: this.#rotation, report });
    this.#packetJudge = new PacketJudge(system, report, {
      open: (sequence, hit) => this.#open(sequence, hit),
      refuse: (sequence, hit, refusal) => this.#refuse(sequence, hit, refusal, 0),
    });
    if (previous !== undefined) this.#restLater();
  }

  /** Makes these, and no others, the addresses of this host. */
  setHostAddresses(addresses: readonly Address[]): void {
    this.#matcher.setHostAddresses(addresses);
    this.#packets.setHostAddresses(addresses);
  }

  readonly packet: PacketHandler = (linkType, bytes, offset, captured, time) => {
    const hit = this.#hit;
    hit.time = time;
    if (!parsePacket(linkType, bytes, offset, captured, hit)) return;
    if (this.#options.ipv4Only && !isIpv4(hit.source)) return;
    this.#rotation.follow(time);
    const now = this.#clock(time);
    const packet = this.#packets.find(hit, bytes);
    if (packet === undefined) {
      const fate = this.#matcher.hit(hit, now);
      if (fate === "own" || fate === "foreign") {
        this.#restLater();
        this.#rotation.heard(hit);
      }
      this.#trace.tell(hit, fate);
    } else if (!this.#packetJudge.take(packet, hit, bytes)) this.#trace.tell(hit, "copy");
    this.#followAll();
  };

  /** A counter of a series was spent by others than a knock that was heard here. */
  spentElsewhere(series: Series): void {
    this.#rotation.spentElsewhere(series);
  }

  close(): void {
    this.#closed = true;
    this.#cancelRest?.();
    this.#stages.flush();
    const parts = [this.#listed, this.#explainer, this.#rotation];
    for (const part of [...parts, this.#packetJudge, this.#trace]) part.close();
  }

  /** The time, read anew for every few packets, and where one is not as old as others. */
  #clock(time: number): number {
    const age = this.#now - time;
    if (this.#clocked-- > 0 && age >= 0 && age < 1000) return this.#now;
    if (this.#clocked < 0) queueMicrotask(this.#forgetNow);
    this.#clocked = PACKETS_A_LOOK - 1;
    this.#trace.look();
    return this.#now = this.#options.system.now();
  }

  readonly #forgetNow = () => void (this.#clocked = 0);

  #followAll(): void {
    while (this.#after.length > 0) {
      const after = this.#after;
      this.#after = [];
      for (const act of after) act();
    }
  }

  #listener(): MatchListener {
    return {
      opened: (sequence, hit) => {
        if (sequence.announcement) return this.#announced(sequence, hit);
        this.#trace.note(sequence.door.name, "complete");
        this.#after.push(() => this.#open(sequence, hit));
      },
      advanced: (sequence, hit, stage) => this.#advance(sequence, hit, stage),
      neared: (sequence, hit, came) => this.#explainer.near(sequence, hit, came),
      refused: (sequence, hit, refusal, others) => {
        this.#trace.refused(sequence.door.name, refusal);
        this.#after.push(() => this.#refuse(sequence, hit, refusal, others));
      },
    };
  }

  /** More than the first port of a bound door is not known of the knock yet. */
  #announced(announcement: LiveSequence, hit: Hit): void {
    const begins = this.#rotation.announced(announcement, hit);
    if (begins) this.#advance(() => announcement, hit, 1);
  }

  #open(sequence: LiveSequence, { source, port, time }: Hit): void {
    const { door, client, counter } = sequence;
    const address = addressFromWords(source);
    this.#explainer.end(door.name, address.text);
    if (sequence.knocks.length > 0 && this.#stages.admits("stage")) {
      this.#options.report.stage(sequence, address.text, sequence.knocks.length);
    }
    try {
      this.#listed.use(sequence);
      this.#rotation.admit(sequence, time);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const knock = { door: door.name, ip: address.text, client: client?.name };
      return this.#options.report.refused({ ...knock, ...shutBy(error) });
    }
    this.#explainer.opened(source);
    const handedOn = this.#options.open({
      door,
      address,
      port,
      ...(client === undefined ? {} : { client }),
      ...(counter === undefined ? {} : { counter }),
    });
    const settle = () => this.#settle(sequence, time, address.text);
    if (handedOn instanceof Promise) void handedOn.then((may) => may && settle());
    else settle();
  }

  /** A later one has taken over by then, maybe. */
  #settle(sequence: LiveSequence, time: number, ip: string): void {
    if (!this.#closed) this.#rotation.settle(sequence, time, ip);
  }

  #advance(sequenceOf: () => LiveSequence, hit: Hit, stage: number): void {
    if (this.#trace.isOn) this.#trace.note(sequenceOf().door.name, `port ${stage}`);
    if (!this.#stages.admits("stage")) return;
    const sequence = sequenceOf();
    // The announcement of a bound one has said its first stage.
    if (stage === 1 && sequence.source !== undefined) return;
    this.#options.report.stage(sequence, addressFromWords(hit.source).text, stage);
  }

  #refuse(sequence: LiveSequence, hit: Hit, refusal: Refusal, others: number): void {
    const ip = addressFromWords(hit.source).text;
    const voided = this.#voided.judge(sequence, hit.time, { ip, others });
    if (voided === "known scan") return this.#explainer.end(sequence.door.name, ip);
    const scan = { kind: "scan", others } as const;
    const why = voided === "scan" ? scan : refusal;
    this.#explainer.refused(sequence, hit.source, why, voided === "spent");
  }

  /** When no knock can be under way any more, memory is given back. */
  #restLater(ms = this.#settings.life): void {
    this.#cancelRest ??= this.#options.system.schedule(Math.max(1000, ms), this.#rest);
  }

  readonly #rest = () => {
    this.#cancelRest = undefined;
    const left = this.#matcher.rest(this.#options.system.now());
    if (left > 0) this.#restLater(left);
  };
}
