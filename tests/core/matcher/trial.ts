/** A matcher and what it says, for tests. */
import { parseAddress } from "../../../lib/core/address.ts";
import { addressFromWords, addressToWords } from "../../../lib/core/address_words.ts";
import type { Door } from "../../../lib/core/door.ts";
import { Hit, TCP, UDP } from "../../../lib/core/hit.ts";
import { Matcher } from "../../../lib/core/matcher/matcher.ts";
import {
  type MatcherSettings,
  matcherSettings,
} from "../../../lib/core/matcher/settings.ts";
import { sequence } from "../doors.ts";
import type { NaiveSequence, PlainHit } from "./naive_matcher.ts";

export const HOST = "10.77.0.1";
export const OTHER = "10.77.0.99";
export const SYN = 0x02;
export const ACK = 0x10;

const KEY = new Uint32Array([1, 2]);
const SMALL = 1024;

export interface Trial {
  matcher: Matcher;
  events: string[];
  /** Of which knocks it said that they came far. */
  near: string[];
  /** What a packet brings about that is read at a time, its own unless given. */
  send(hit: PlainHit, now?: number): string[];
}

export function trial(
  sequences: readonly NaiveSequence[],
  ignored = "",
  overrides: Partial<MatcherSettings> = {},
  previous?: Trial,
): Trial {
  const doors = sequences.map((sequence) => sequence.door);
  const ignorePorts = ignored === "" ? [] : sequence(ignored);
  const events: string[] = [];
  const near: string[] = [];
  const matcher = new Matcher(
    { ...matcherSettings(doors, ignorePorts, KEY), units: SMALL, ...overrides },
    {
      opened: ({ door }, hit) =>
        events.push(`open ${door.name} ${addressFromWords(hit.source).text}`),
      advanced: (sequence, _, stage) =>
        events.push(`stage ${stage} ${sequence().door.name}`),
      neared: (sequence, _, came) => near.push(`near ${came} ${sequence().door.name}`),
      refused: ({ door }, _, { kind }, others) =>
        events.push(`refuse ${kind} ${door.name} ${others}`),
    },
    previous?.matcher,
  );
  matcher.setHostAddresses([parseAddress(HOST)!]);
  sequences.forEach((sequence) => matcher.add(sequence));
  const hit = new Hit();
  return {
    matcher,
    events,
    near,
    send(plain, now) {
      const before = events.length;
      fill(hit, plain);
      matcher.hit(hit, now);
      return events.slice(before);
    },
  };
}

export function fill(hit: Hit, plain: PlainHit): void {
  hit.time = plain.time;
  hit.source.set(addressToWords(parseAddress(plain.source)!));
  hit.destination.set(addressToWords(parseAddress(plain.destination)!));
  hit.sourcePort = plain.sourcePort;
  hit.port = plain.port;
  hit.protocol = plain.protocol === "udp" ? UDP : TCP;
  hit.flags = plain.flags;
  hit.tcpSequence = plain.tcpSequence;
  hit.length = plain.length;
  hit.checksum = plain.checksum;
  hit.identification = plain.identification;
}

export function ordered(door: Door): NaiveSequence {
  if (door.key.kind !== "static") throw new Error("not a static door");
  return { door, knocks: door.key.sequence, ordered: true };
}

export function unordered(door: Door): NaiveSequence {
  return { ...ordered(door), ordered: false };
}

/** The same, of a one-time door. */
export function once(sequence: NaiveSequence): NaiveSequence {
  const key = { kind: "file", path: "/nowhere" } as const;
  return { ...sequence, door: { ...sequence.door, key } };
}

let serial = 0;

/** `7000 8000:udp` as fresh packets, a millisecond apart. */
export function packets(text: string, parts: Partial<PlainHit> = {}): PlainHit[] {
  return text.split(" ").flatMap((part) => sequence(part)).map((knock, i) => {
    serial++;
    const isTcp = knock.protocol === "tcp";
    return {
      source: "192.0.2.7",
      sourcePort: 40000 + serial % 20000,
      destination: HOST,
      flags: isTcp ? SYN : 0,
      tcpSequence: isTcp ? serial : 0,
      length: isTcp ? 0 : 8,
      checksum: isTcp ? 0 : 7,
      identification: serial % 0xffff + 1,
      ...knock,
      ...parts,
      time: (parts.time ?? 1000) + i,
    };
  });
}

export function play(trial: Trial, hits: readonly PlainHit[]): string[] {
  return hits.flatMap((hit) => trial.send(hit));
}

/** Those of some events that are openings. */
export function openings(events: readonly string[]): string[] {
  return events.filter((event) => event.startsWith("open"));
}

/** What opens a door or refuses to, as the naive matcher says it. */
export function decisions(events: readonly string[]): string[] {
  return events.filter((event) => /^(open|refuse)/.test(event))
    .map((event) => event.startsWith("open") ? event.replace(/ [^ ]*$/, "") : event);
}
