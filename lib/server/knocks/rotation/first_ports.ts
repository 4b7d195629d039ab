/**
 * Sources that have hit a first port of a bound door, and what they hit since: a packet or
 * two from forged addresses are not to make us compute.
 */

import type { Hit } from "../../../core/hit.ts";
import { knockOfHit } from "../../../core/matcher/index/mark.ts";
import type { Member } from "./member.ts";

/**
 * Different ports, the first one included, after which a knock is taken for one. It is less
 * than a whole knock, so that what was lost or held back of one can be explained.
 */
const ENOUGH = 3;
/**
 * What is awaited of all sources together; the one that was first goes first. Where clients
 * are many or ports few, a port is the first of many knocks.
 */
const MOST_AWAITED = 8192;
const BUCKETS = 4096;
const NONE: readonly Announced[] = [];
/** Ports of a source that are remembered. */
const MOST_PORTS = 16;
/** Starts of a knock that are told apart within its time. */
const MOST_STARTS = 16;

/** A counter whose first port a source has hit, once or more often. */
export interface Announced {
  readonly member: Member;
  readonly counter: number;
}

interface Awaited extends Announced {
  /** When the first port was hit, milliseconds, the oldest first. */
  readonly starts: number[];
}

interface Source {
  awaited: Awaited[];
  /** When each port was hit last, the one that was hit longest ago first. */
  readonly ports: Map<number, number>;
  readonly bucket: number;
}

/** Knocks on bound doors whose later ports are not known yet. */
export class FirstPorts {
  readonly #sources = new Map<string, Source>();
  /** Sources in each bucket: a flood asks with every packet, and makes no strings. */
  readonly #counts = new Uint16Array(BUCKETS);
  #awaited = 0;

  /** A source has hit the first port of a member's counter; whether it is news. */
  begin(member: Member, counter: number, hit: Hit): boolean {
    const source = this.#take(hit.source);
    const known = source.awaited.find((each) =>
      each.member === member && each.counter === counter
    );
    if (known !== undefined) {
      start(known, hit.time);
      return false;
    }
    const awaited = { member, counter, starts: [] };
    start(awaited, hit.time);
    source.awaited.push(awaited);
    this.#awaited++;
    return true;
  }

  /** A hit came; gives the counters whose knock seems to be under way. */
  hit(hit: Hit): readonly Announced[] {
    if (this.#sources.size === 0 || this.#counts[bucketOf(hit.source)] === 0) return NONE;
    const source = this.#sources.get(keyOf(hit.source));
    if (source === undefined) return NONE;
    note(source.ports, knockOfHit(hit), hit.time);
    return source.awaited.filter((awaited) => isDue(awaited, source.ports, hit.time));
  }

  /** Waits for nothing more of this, by this source, until its first port is hit again. */
  end({ member, counter }: Announced, { source: address }: Hit): void {
    const key = keyOf(address);
    const source = this.#sources.get(key);
    if (source === undefined) return;
    this.#keep(key, source, (each) => each.member !== member || each.counter !== counter);
  }

  /** Forgets the counters that are not wanted any more. */
  retire(isWanted: (member: Member, counter: number) => boolean): void {
    for (const [key, source] of this.#sources) {
      this.#keep(key, source, ({ member, counter }) => isWanted(member, counter));
    }
  }

  /** Takes over what was awaited of members that have an heir. */
  inherit(earlier: FirstPorts, heirs: ReadonlyMap<Member, Member>): void {
    for (const [key, { awaited, ports, bucket }] of earlier.#sources) {
      const left = awaited.flatMap((each) => {
        const member = heirs.get(each.member);
        return member === undefined ? [] : { ...each, member };
      });
      if (left.length === 0) continue;
      this.#sources.set(key, { awaited: left, ports, bucket });
      this.#counts[bucket]!++;
      this.#awaited += left.length;
    }
  }

  #take(address: Uint32Array): Source {
    const key = keyOf(address);
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    while (this.#awaited >= MOST_AWAITED) {
      const [oldest] = this.#sources;
      this.#keep(...oldest!, () => false);
    }
    const source = { awaited: [], ports: new Map(), bucket: bucketOf(address) };
    this.#sources.set(key, source);
    this.#counts[source.bucket]!++;
    return source;
  }

  /** Forgets the others, and a source of which nothing is left. */
  #keep(key: string, source: Source, isKept: (awaited: Awaited) => boolean): void {
    const left = source.awaited.filter(isKept);
    this.#awaited -= source.awaited.length - left.length;
    source.awaited = left;
    if (left.length === 0 && this.#sources.delete(key)) this.#counts[source.bucket]!--;
  }
}

function bucketOf(source: Uint32Array): number {
  return Math.imul(source[1]! ^ source[3]!, 0x9e3779b1) >>> 20;
}

function keyOf(source: Uint32Array): string {
  return source.join(" ");
}

function start({ starts, member }: Awaited, time: number): void {
  const apart = member.door.seqTimeout * 1000 / MOST_STARTS;
  // The last one moves on: what lies between it and the one before is told apart enough.
  if (starts.length > 1 && time - starts.at(-2)! < apart) starts.pop();
  starts.push(time);
  if (starts.length > MOST_STARTS + 1) starts.shift();
}

function note(ports: Map<number, number>, port: number, time: number): void {
  ports.delete(port);
  ports.set(port, time);
  if (ports.size <= MOST_PORTS) return;
  const [oldest] = ports.keys();
  ports.delete(oldest!);
}

/** Whether enough ports were hit from the first one on, in the time that a knock has. */
function isDue(
  { starts, member }: Awaited,
  ports: ReadonlyMap<number, number>,
  time: number,
): boolean {
  const timeout = member.door.seqTimeout * 1000;
  while (starts.length > 0 && !(Math.abs(time - starts[0]!) < timeout)) starts.shift();
  const [first] = starts;
  if (first === undefined) return false;
  let since = 0;
  for (const hit of ports.values()) if (hit >= first) since++;
  return since >= Math.min(ENOUGH, member.otp.length - 1);
}
