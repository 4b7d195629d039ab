/** The three rules of opening, written down as they are stated, with no bound on memory. */
import type { Door, Sequence } from "../../../lib/core/door.ts";

/** A hit as the rules speak of it. */
export interface PlainHit {
  time: number;
  source: string;
  sourcePort: number;
  destination: string;
  port: number;
  protocol: "tcp" | "udp";
  flags: number;
  tcpSequence: number;
}

export interface NaiveSequence {
  door: Door;
  knocks: Sequence;
  ordered: boolean;
}

export class NaiveMatcher {
  #hits: PlainHit[] = [];
  readonly #opened = new Map<NaiveSequence, Set<PlainHit>>();

  constructor(
    readonly sequences: readonly NaiveSequence[],
    readonly host: readonly string[],
    readonly ignored: Sequence,
  ) {}

  /** The names of the doors that this hit opens. */
  hit(hit: PlainHit): string[] {
    if (includes(this.ignored, hit)) return [];
    const timeout = Math.max(...this.sequences.map(({ door }) => door.seqTimeout)) * 1000;
    this.#hits = this.#hits.filter((earlier) => hit.time - earlier.time < timeout);
    const fromSource = this.#hits.filter(({ source }) => source === hit.source);
    const own = this.sequences.some(({ door, knocks }) =>
      this.#counts(door, hit) && includes(knocks, hit)
    );
    if (fromSource.length === 0 && !own) return [];
    if (fromSource.some((earlier) => samePacket(earlier, hit))) return [];
    this.#hits.push(hit);
    return this.sequences.filter((sequence) => this.#opens(sequence, hit))
      .map(({ door }) => door.name);
  }

  #opens(sequence: NaiveSequence, newest: PlainHit): boolean {
    const { door, knocks, ordered } = sequence;
    const hits = this.#hits.filter((hit) =>
      hit.source === newest.source && this.#counts(door, hit)
    );
    if (!hits.includes(newest) || !includes(knocks, newest)) return false;
    const last = hits.filter((hit) => includes(knocks, hit)).slice(-knocks.length);
    const names = (of: Sequence) => of.map(({ port, protocol }) => `${port}${protocol}`);
    const expected = names(knocks);
    const actual = names(last);
    if (!ordered) [expected, actual].forEach((list) => list.sort());
    if (expected.join() !== actual.join()) return false;
    const first = last[0]!;
    if (!(newest.time - first.time < door.seqTimeout * 1000)) return false;
    const between = hits.slice(hits.indexOf(first), hits.indexOf(newest));
    const foreign = new Set(names(between.filter((hit) => !includes(knocks, hit))));
    if (door.tolerance >= 0 && foreign.size > door.tolerance) return false;
    const used = this.#opened.get(sequence);
    if (last.some((hit) => used?.has(hit))) return false;
    this.#opened.set(sequence, new Set([...used ?? [], ...last]));
    return true;
  }

  #counts(door: Door, hit: PlainHit): boolean {
    const { mask, value } = door.tcpFlags;
    const addressed = door.target === undefined
      ? this.host.includes(hit.destination)
      : door.target.text === hit.destination;
    return addressed && (hit.protocol === "udp" || (hit.flags & mask) === value);
  }
}

function samePacket(a: PlainHit, b: PlainHit): boolean {
  return JSON.stringify({ ...a, time: 0 }) === JSON.stringify({ ...b, time: 0 });
}

function includes(knocks: Sequence, hit: PlainHit): boolean {
  return knocks.some((knock) =>
    knock.port === hit.port && knock.protocol === hit.protocol
  );
}
