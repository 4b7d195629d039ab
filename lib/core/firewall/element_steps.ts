/** Who may pass, and for how long, as steps of one transaction of nf_tables. */

import type { Address } from "../address.ts";
import { setName } from "./guarded_door.ts";

/** Where an address stands. */
export interface ElementPlace {
  /** The table's name. */
  readonly table: string;
  /** The number of the door's sets. */
  readonly number: number;
  /** Who may pass. */
  readonly address: Address;
}

/** An address, and for how long it may pass. */
export interface TimedPlace {
  /** Where it stands. */
  readonly place: ElementPlace;
  /** For how many milliseconds from now on. */
  readonly ms: number;
}

/** An element of a step. */
export interface StepElement {
  /** Who may pass. */
  readonly address: Address;
  /** For how many whole milliseconds; without it for ever. */
  readonly ms?: number;
}

/** What is done to one set. */
export interface ElementStep {
  /**
   * Adding what is there changes nothing; deleting what is not there is an error; to flush is
   * to delete all, whatever is there.
   */
  readonly verb: "add" | "delete" | "flush";
  /** The table's name. */
  readonly table: string;
  /** The set's name. */
  readonly set: string;
  /** None of them twice, and {@linkcode MOST_ELEMENTS} at most; none where all are meant. */
  readonly elements: readonly StepElement[];
}

/** Elements in a transaction at most: more of them take the kernel too long at once. */
export const MOST_ELEMENTS = 1000;
/** The longest timeout that nf_tables keeps, 49710 days, in milliseconds. */
const LONGEST_MS = 49_710 * 86_400_000;
/** Nothing, to the kernel, is for ever. */
const SHORTEST_MS = 1000;

/** Lets addresses pass from now on, each for its time, whether or not they could before. */
export function openSteps(elements: readonly TimedPlace[]): ElementStep[] {
  const fill = fillSteps(elements);
  return [...fill.flatMap(clear), ...fill];
}

/** Lets addresses pass no longer. */
export function closeSteps(places: readonly ElementPlace[]): ElementStep[] {
  return bySet(places.map((place) => ({ place }))).flatMap(clear);
}

/** Lets nobody pass any longer, by these sets. */
export function flushSteps(table: string, sets: readonly string[]): ElementStep[] {
  return sets.map((set) => ({ verb: "flush", table, set, elements: [] }));
}

/** Lets addresses pass that are in no set yet, each for its own time. */
export function fillSteps(elements: readonly TimedPlace[]): ElementStep[] {
  return bySet(elements.map(({ place, ms }) => ({ place, ms: timeoutOf(ms) })));
}

/** Deleting what is not there would be an error. */
function clear({ table, set, elements }: ElementStep): ElementStep[] {
  const those = { table, set, elements: elements.map(({ address }) => ({ address })) };
  return [{ verb: "add", ...those }, { verb: "delete", ...those }];
}

function timeoutOf(ms: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.ceil(ms)));
}

interface Placed {
  readonly place: ElementPlace;
  readonly ms?: number;
}

/** Adds to each set its elements, none of them twice. */
function bySet(placed: readonly Placed[]): ElementStep[] {
  const sets = new Map<string, { table: string; own: Map<string, StepElement> }>();
  for (const { place: { table, number, address }, ...time } of placed) {
    const set = setName(number, address.family);
    const { own } = sets.getOrInsertComputed(set, () => ({ table, own: new Map() }));
    own.set(address.text, { address, ...time });
  }
  return [...sets].map(([set, { table, own }]) => (
    { verb: "add", table, set, elements: [...own.values()] }
  ));
}
