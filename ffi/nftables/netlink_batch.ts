/** A transaction of nf_tables on elements of sets, as netlink messages in one buffer. */

import { REQUEST } from "../netlink_message.ts";
import { INET } from "./nft_message.ts";

/** Elements of one set that are added or deleted. */
export interface ElementChange {
  /**
   * Adding what is there changes nothing; deleting what is not there is an error; to flush is
   * to delete all, whatever is there.
   */
  readonly verb: "add" | "delete" | "flush";
  /** A table of the family inet. */
  readonly table: string;
  /** The set's name. */
  readonly set: string;
  /** A thousand of them at most; none where all are meant. */
  readonly elements: readonly {
    /** In network byte order. */
    readonly key: Uint8Array;
    /** Milliseconds until it goes; without them it stays. */
    readonly ms?: number;
  }[];
}

/** NFNL_SUBSYS_NFTABLES as the upper byte of a type, NFT_MSG_NEWSETELEM, DELSETELEM. */
const VERBS = { add: 0xa0c, delete: 0xa0e, flush: 0xa0e } as const;
/** NFNL_MSG_BATCH_BEGIN and _END; the first names the subsystem. */
const BEGIN = 16;
const END = 17;
const NFTABLES = 10;
/** NLM_F_ACK and NLM_F_CREATE. */
const ACKNOWLEDGE = 0x4;
const CREATE = 0x400;
/** struct nlmsghdr and nfgenmsg. */
const HEADER = 20;
const NESTED = 0x8000;
/** Room for the fields around an element's key of 16 bytes, and for those around all. */
const ELEMENT_ROOM = 48;
const STEP_ROOM = 640;

/** Bytes of which most transactions need less. */
const USUAL = 4096;
const usual = new DataView(new ArrayBuffer(USUAL));
const encoder = new TextEncoder();

/**
 * The messages of a transaction. The last one that changes something asks for an answer.
 * They are good until the next call.
 *
 * @param first the sequence number of the first message; each has the next one
 */
export function elementBatch(
  changes: readonly ElementChange[],
  first: number,
): Uint8Array<ArrayBuffer> {
  const room = changes.reduce(
    (sum, { elements }) => sum + STEP_ROOM + elements.length * ELEMENT_ROOM,
    STEP_ROOM,
  );
  const writer = new Writer(room <= USUAL ? usual : new DataView(new ArrayBuffer(room)));
  let sequence = first;
  writer.message(BEGIN, REQUEST, sequence++, 0, NFTABLES);
  for (const [i, change] of changes.entries()) {
    const flags = (i === changes.length - 1 ? REQUEST | ACKNOWLEDGE : REQUEST) |
      (change.verb === "add" ? CREATE : 0);
    writer.change(change, flags, sequence++);
  }
  writer.message(END, REQUEST, sequence, 0, NFTABLES);
  return writer.bytes();
}

/** Writes at the end of what is written. */
class Writer {
  readonly #view: DataView<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #end = 0;

  constructor(view: DataView<ArrayBuffer>) {
    this.#view = view;
    this.#bytes = new Uint8Array(view.buffer);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#end);
  }

  message(
    type: number,
    flags: number,
    sequence: number,
    family: number,
    resource: number,
  ): number {
    const at = this.#end;
    this.#view.setUint32(at, HEADER, true);
    this.#view.setUint16(at + 4, type, true);
    this.#view.setUint16(at + 6, flags, true);
    this.#view.setUint32(at + 8, sequence, true);
    this.#view.setUint32(at + 12, 0, true);
    this.#view.setUint16(at + 16, family, true);
    this.#view.setUint16(at + 18, resource, false);
    this.#end = at + HEADER;
    return at;
  }

  change({ verb, table, set, elements }: ElementChange, flags: number, sequence: number) {
    const at = this.message(VERBS[verb], flags, sequence, INET, 0);
    this.#text(1, table);
    this.#text(2, set);
    // Deleting without a list of elements deletes all of them.
    if (verb !== "flush") this.#list(elements);
    this.#view.setUint32(at, this.#end - at, true);
  }

  #list(elements: ElementChange["elements"]): void {
    const list = this.#open(3);
    for (const { key, ms } of elements) this.#element(key, ms);
    this.#close(list);
  }

  #element(key: Uint8Array, ms: number | undefined): void {
    // NFTA_LIST_ELEM, in it NFTA_SET_ELEM_KEY and _TIMEOUT; in the key NFTA_DATA_VALUE.
    const element = this.#open(1);
    const outer = this.#open(1);
    this.#attribute(1, key);
    this.#close(outer);
    if (ms !== undefined) {
      const at = this.#header(4, 8);
      this.#view.setBigUint64(at, BigInt(ms), false);
    }
    this.#close(element);
  }

  #open(type: number): number {
    const at = this.#end;
    this.#view.setUint16(at + 2, type | NESTED, true);
    this.#end = at + 4;
    return at;
  }

  #close(at: number): void {
    const length = this.#end - at;
    if (length > 0xffff) throw new RangeError("too many elements for one message");
    this.#view.setUint16(at, length, true);
  }

  #text(type: number, text: string): void {
    this.#attribute(type, encoder.encode(`${text}\0`));
  }

  #attribute(type: number, value: Uint8Array): void {
    this.#bytes.set(value, this.#header(type, value.length));
  }

  /** Where its value is to go; what fills up its last four bytes is zero. */
  #header(type: number, length: number): number {
    const at = this.#end;
    this.#view.setUint16(at, 4 + length, true);
    this.#view.setUint16(at + 2, type, true);
    this.#end = at + ((4 + length + 3) & ~3);
    if ((length & 3) !== 0) this.#view.setUint32(this.#end - 4, 0);
    return at + 4;
  }
}
