/** Elements of a set, read from the kernel's answers. */

import { type Message, TYPE_MASK } from "../netlink_message.ts";
import { attributesOf } from "./nft_message.ts";

/** An element of a set. */
export interface KernelElement {
  /** The key, in network byte order; the fields of a concatenation one after another. */
  readonly key: Uint8Array;
  /** Milliseconds that are left; Infinity for one without a timeout. */
  readonly left: number;
}

/** Answers of one set, at most. */
const MOST_LOOKS = 5;
/** An attribute's length and type, before its value. */
const ATTRIBUTE = 4;

/**
 * What a set has. An answer in several parts may lack some and have others twice, if the set
 * changes meanwhile: it is asked for again until two are alike, a few times at most, and
 * what any of them had is given.
 *
 * @param ask What the kernel answers, NFT_MSG_NEWSETELEM for each part.
 */
export function wholeSet(ask: () => readonly Message[]): KernelElement[] {
  const looks: KernelElement[][] = [];
  while (looks.length < MOST_LOOKS) {
    const parts = ask();
    const elements = elementsOf(parts);
    if (parts.length < 2 || areAlike(elements, looks.at(-1))) {
      return eachOnce(elements, looks);
    }
    looks.push(elements);
  }
  return eachOnce([], looks);
}

function elementsOf(parts: readonly Message[]): KernelElement[] {
  const elements: KernelElement[] = [];
  for (const part of parts) {
    const list = attributesOf(part).get(3);
    if (list !== undefined) addElements(list, elements);
  }
  return elements;
}

/** There may be thousands: nothing is made for one but what it is. */
function addElements(list: DataView, found: KernelElement[]): void {
  for (let at = 0; at + ATTRIBUTE <= list.byteLength;) {
    const end = endAt(list, at, list.byteLength);
    if (end < 0) return;
    // NFTA_SET_ELEM_KEY, in it NFTA_DATA_VALUE; and NFTA_SET_ELEM_EXPIRATION.
    const outer = attributeAt(list, at + ATTRIBUTE, end, 1);
    const key = outer < 0 ? -1 : attributeAt(
      list,
      outer + ATTRIBUTE,
      endAt(list, outer, end),
      1,
    );
    const left = attributeAt(list, at + ATTRIBUTE, end, 5);
    found.push({
      key: key < 0 ? new Uint8Array() : valueAt(list, key),
      left: left < 0 ? Infinity : Number(list.getBigUint64(left + ATTRIBUTE)),
    });
    at = (end + 3) & ~3;
  }
}

/** Where the first attribute of a type is; -1 if there is none. */
function attributeAt(view: DataView, start: number, end: number, type: number): number {
  for (let at = start; at + ATTRIBUTE <= end;) {
    const next = endAt(view, at, end);
    if (next < 0) return -1;
    if ((view.getUint16(at + 2, true) & TYPE_MASK) === type) return at;
    at = (next + 3) & ~3;
  }
  return -1;
}

/** Where an attribute ends; -1 if that is beyond what it is part of. */
function endAt(view: DataView, at: number, limit: number): number {
  const length = view.getUint16(at, true);
  return length < ATTRIBUTE || at + length > limit ? -1 : at + length;
}

function valueAt(view: DataView, at: number): Uint8Array {
  const length = view.getUint16(at, true) - ATTRIBUTE;
  return new Uint8Array(view.buffer, view.byteOffset + at + ATTRIBUTE, length);
}

/** Whether two answers have the same keys, in the same order. */
function areAlike(
  elements: readonly KernelElement[],
  before: readonly KernelElement[] | undefined,
): boolean {
  return elements.length === before?.length &&
    elements.every(({ key }, i) => key.every((byte, at) => byte === before[i]!.key[at]));
}

/** The last answer, and what it lacks of those before it that were not like it. */
function eachOnce(
  last: KernelElement[],
  before: readonly KernelElement[][],
): KernelElement[] {
  if (before.length < 2) return last;
  const all = [...before, last].flat();
  return [...new Map(all.map((each) => [each.key.toHex(), each])).values()];
}
