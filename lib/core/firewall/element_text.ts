/**
 * Elements as commands of nft(8): who may pass, and for how long.
 *
 * @module
 */
import type { Address } from "../address.ts";
import { setName } from "./guarded_door.ts";
import type { Session } from "./session.ts";

/** Where an address stands. */
export interface ElementPlace {
  /** The table's name. */
  readonly table: string;
  /** The number of the door's sets. */
  readonly number: number;
  /** Who may pass. */
  readonly address: Address;
}

/** Elements in a text at most: more of them take the kernel too long at once. */
export const MOST_ELEMENTS = 1000;
/** The longest timeout that nf_tables keeps, 49710 days, in milliseconds. */
const LONGEST_MS = 49_710 * 86_400_000;
const SHORTEST_MS = 1000;
const LIVE_TIMEOUT = "5d";

/** A timeout as nft(8) writes it: at least a second, for 0 would be for ever. */
function timeoutText(ms: number): string {
  const whole = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.ceil(ms)));
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}

/** An address, and for how long it may pass. */
export interface TimedPlace {
  /** Where it stands. */
  readonly place: ElementPlace;
  /** For how many milliseconds from now on. */
  readonly ms: number;
}

/** Lets addresses pass from now on, each for its time, whether or not they could before. */
export function openText(elements: readonly TimedPlace[]): string {
  return closeText(...elements.map(({ place }) => place)) + fillText(elements);
}

/** Lets addresses pass no longer; deleting what is not there would be an error. */
export function closeText(...places: readonly ElementPlace[]): string {
  return bySet(places, ({ address }) => address.text).map(([set, list]) =>
    `add element ${set} { ${list} }\ndelete element ${set} { ${list} }\n`
  ).join("");
}

/** Lets addresses pass that are in no set yet, each for its own time. */
export function fillText(elements: readonly TimedPlace[]): string {
  const times = new Map(elements.map(({ place, ms }) => [place, timeoutText(ms)]));
  const places = [...times.keys()];
  return bySet(
    places,
    (place) => `${place.address.text} timeout ${times.get(place)}`,
  ).map(([set, list]) => `add element ${set} { ${list} }\n`).join("");
}

/** Each set with the texts of its elements, none of them twice. */
function bySet(
  places: readonly ElementPlace[],
  text: (place: ElementPlace) => string,
): (readonly [set: string, list: string])[] {
  return [...Map.groupBy(places, set)].map(([set, own]) =>
    [set, [...new Set(own.map(text))].join(", ")] as const
  );
}

/** Names sessions that go on though nobody knocked for them. */
export function liveText(table: string, sessions: readonly Session[]): string {
  return sessions.map(({ peer, peerPort, local, localPort }) => {
    const key = `${peer.text} . ${peerPort} . ${local.text} . ${localPort}`;
    return `add element inet ${table} live_${peer.family} ` +
      `{ ${key} timeout ${LIVE_TIMEOUT} }\n`;
  }).join("");
}

function set({ table, number, address }: ElementPlace): string {
  return `inet ${table} ${setName(number, address.family)}`;
}
