/**
 * The rules of opening, written down one by one as they are stated, each source's hits in a
 * list. Slow, and meant to be seen to be right.
 */
import type { Door, Sequence } from "../../../lib/core/door.ts";

/** A packet as the rules speak of it. */
export interface PlainHit {
  time: number;
  source: string;
  sourcePort: number;
  destination: string;
  port: number;
  protocol: "tcp" | "udp";
  flags: number;
  tcpSequence: number;
  length: number;
  checksum: number;
  identification: number;
}

export interface NaiveSequence {
  door: Door;
  knocks: Sequence;
  ordered: boolean;
}

/** A hit that is kept: with its place among the source's hits, and what it was. */
interface Kept extends PlainHit {
  number: number;
  own: boolean;
  waited: number;
}

const LIFE = 130_000;
/** Foreign ports that are kept: with so many amid a knock there may have been more. */
const FOREIGN = 65;

export class NaiveMatcher {
  readonly #kept = new Map<string, Kept[]>();
  readonly #numbers = new Map<string, number>();
  /** What each sequence has used up, and when a source completed it so that it may repeat. */
  readonly #used = new Map<NaiveSequence, Set<Kept>>();
  readonly #completed = new Map<NaiveSequence, Map<string, number>>();

  constructor(
    readonly sequences: readonly NaiveSequence[],
    readonly host: readonly string[],
    readonly ignored: Sequence,
  ) {}

  /** What this packet brings about, read at `now`. */
  hit(packet: PlainHit, now = packet.time): string[] {
    if (includes(this.ignored, packet)) return [];
    if (!this.#isForAnybody(packet)) return [];
    const { source, time } = packet;
    const kept = (this.#kept.get(source) ?? []).filter((hit) =>
      time - hit.time <= this.#lifeOf(hit)
    );
    this.#kept.set(source, kept);
    if (kept.some((earlier) => earlier.own && this.#isCopy(packet, earlier))) return [];
    const own = this.sequences.some((sequence) => isOwn(sequence, packet, this.host));
    const number = (this.#numbers.get(source) ?? 0) + 1;
    this.#numbers.set(source, number);
    const hit = { ...packet, number, own, waited: now - time };
    this.#keep(kept, hit);
    if (!own) return [];
    return this.sequences.filter((sequence) => isOwn(sequence, hit, this.host))
      .flatMap((sequence) => this.#judge(sequence, hit));
  }

  #isForAnybody({ destination }: PlainHit): boolean {
    return this.host.includes(destination) ||
      this.sequences.some(({ door }) => door.target?.text === destination);
  }

  #lifeOf(hit: PlainHit): number {
    const belongs = this.sequences.filter(({ knocks }) => includes(knocks, hit));
    const these = belongs.length > 0 ? belongs : this.sequences;
    return Math.max(LIFE, ...these.map(({ door }) => door.seqTimeout * 1000));
  }

  #isCopy(packet: PlainHit, earlier: PlainHit): boolean {
    if (packet.sourcePort !== earlier.sourcePort) return false;
    if (packet.destination !== earlier.destination) return false;
    if (!samePort(packet, earlier)) return false;
    const apart = packet.time - earlier.time;
    if (packet.protocol === "tcp") {
      const flags = (packet.flags ^ earlier.flags) & this.#relevantFlags();
      return packet.tcpSequence === earlier.tcpSequence && flags === 0 && apart <= LIFE;
    }
    if (packet.length !== earlier.length || apart > 100) return false;
    if (packet.identification !== earlier.identification) return false;
    return packet.identification !== 0 || packet.checksum === earlier.checksum;
  }

  #relevantFlags(): number {
    return this.sequences.reduce((all, { door }) => all | door.tcpFlags.mask, 0);
  }

  /** The newest 128 on own ports, and the newest on each of 65 others. */
  #keep(kept: Kept[], hit: Kept): void {
    if (!hit.own) {
      const like = kept.findIndex((other) =>
        !other.own && samePort(other, hit) && other.destination === hit.destination &&
        ((other.flags ^ hit.flags) & this.#relevantFlags()) === 0
      );
      if (like >= 0) kept.splice(like, 1);
    }
    kept.push(hit);
    for (const [own, most] of [[true, 128], [false, FOREIGN]] as const) {
      const these = kept.filter((other) => other.own === own);
      if (these.length > most) kept.splice(kept.indexOf(these[0]!), 1);
    }
  }

  #judge(sequence: NaiveSequence, { source }: Kept): string[] {
    const { door, knocks } = sequence;
    const used = this.#used.get(sequence) ?? new Set();
    this.#used.set(sequence, used);
    const inTime = this.#kept.get(source)!.toSorted((a, b) => a.time - b.time);
    const own = inTime.filter((hit) => isOwn(sequence, hit, this.host) && !used.has(hit));
    const last = own.at(-1)!;
    const repeat = this.#completed.get(sequence)?.get(source);
    if (repeat !== undefined && last.time - repeat < door.seqTimeout * 1000) {
      own.forEach((hit) => used.add(hit));
      return [];
    }
    const these = sequence.ordered ? newestRuns(own, knocks) : anyOrder(own, knocks);
    if (these === undefined) return [];
    const [first] = these as [Kept];
    const numbers = these.map(({ number }) => number);
    const others = Math.max(...numbers) - Math.min(...numbers) + 1 - these.length;
    const why = this.#refusal(sequence, first, last, these, inTime);
    if (why === "slow") {
      own.filter((hit) => last.time - hit.time >= door.seqTimeout * 1000)
        .forEach((hit) => used.add(hit));
      return [`refuse slow ${door.name} ${others}`];
    }
    own.forEach((hit) => used.add(hit));
    if (door.key.kind !== "static" && knocks.length > 1) {
      const completed = this.#completed.get(sequence) ?? new Map();
      this.#completed.set(sequence, completed);
      completed.delete(source);
      if (why === undefined || others <= 100) completed.set(source, last.time);
    }
    return [
      why === undefined ? `open ${door.name}` : `refuse ${why} ${door.name} ${others}`,
    ];
  }

  /** Rules 2, 3 and 4. */
  #refusal(
    { door, knocks }: NaiveSequence,
    first: Kept,
    last: Kept,
    these: readonly Kept[],
    all: readonly Kept[],
  ): string | undefined {
    const timeout = door.seqTimeout * 1000;
    if (!(last.time - first.time < timeout)) return "slow";
    const between = all.slice(all.indexOf(first), all.indexOf(last));
    const foreign = between.filter((hit) =>
      counts(door, hit, this.host) && !includes(knocks, hit)
    );
    const ports = new Set(foreign.map(portOf));
    const since = all.slice(all.indexOf(first)).filter(({ own }) => !own);
    const mayBeMore = since.length >= FOREIGN;
    if (door.tolerance >= 0 && (ports.size > door.tolerance || mayBeMore)) {
      return "foreign";
    }
    return these.some(({ waited }) => waited > timeout) ? "late" : undefined;
  }
}

/** Rule 1 for static and listed sequences: the hits that it consists of. */
function newestRuns(own: readonly Kept[], knocks: Sequence): Kept[] | undefined {
  const wanted = runsOf(knocks.map((knock) => ({ port: portOf(knock), knock })));
  const runs = runsOf(own.map((hit) => ({ port: portOf(hit), knock: hit })));
  const newest = runs.slice(-wanted.length);
  if (newest.length < wanted.length) return undefined;
  const fit = wanted.every((run, i) =>
    run.port === newest[i]!.port && newest[i]!.hits.length >= run.hits.length
  );
  if (!fit) return undefined;
  return wanted.flatMap((run, i) => newest[i]!.hits.slice(-run.hits.length)) as Kept[];
}

/** Rule 1 for rotating sequences: the newest hit of each port, the oldest first. */
function anyOrder(own: readonly Kept[], knocks: Sequence): Kept[] | undefined {
  const newest = knocks.map((knock) => own.findLast((hit) => samePort(hit, knock)));
  if (newest.includes(undefined)) return undefined;
  return (newest as Kept[]).sort((a, b) => own.indexOf(a) - own.indexOf(b));
}

function runsOf<T>(hits: readonly { port: string; knock: T }[]) {
  const runs: { port: string; hits: T[] }[] = [];
  for (const { port, knock } of hits) {
    const last = runs.at(-1);
    if (last?.port === port) last.hits.push(knock);
    else runs.push({ port, hits: [knock] });
  }
  return runs;
}

function isOwn({ door, knocks }: NaiveSequence, hit: PlainHit, host: readonly string[]) {
  return includes(knocks, hit) && counts(door, hit, host);
}

/** Whether a packet is a hit for a door. */
function counts(door: Door, hit: PlainHit, host: readonly string[]): boolean {
  const { mask, value } = door.tcpFlags;
  const addressed = door.target === undefined
    ? host.includes(hit.destination)
    : door.target.text === hit.destination;
  return addressed && (hit.protocol === "udp" || (hit.flags & mask) === value);
}

type Port = Pick<PlainHit, "port" | "protocol">;

function samePort(a: Port, b: Port): boolean {
  return a.port === b.port && a.protocol === b.protocol;
}

function portOf({ port, protocol }: Port): string {
  return `${port}${protocol}`;
}

function includes(knocks: Sequence, hit: PlainHit): boolean {
  return knocks.some((knock) => samePort(knock, hit));
}
