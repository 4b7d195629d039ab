/**
 * Netlink messages of nf_tables as bytes: requests to write, answers to read
 * (linux/netlink.h, linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h).
 */

/** NFNL_SUBSYS_NFTABLES, the upper byte of every message's type. */
const SUBSYSTEM = 10 << 8;
/** NFPROTO_INET. */
export const INET = 1;
/** struct nlmsghdr: length, type, flags, sequence number, port id. */
const HEADER = 16;
/** struct nfgenmsg behind it: family, version, resource id. */
const GENERIC = 4;
/** NLM_F_REQUEST, and NLM_F_DUMP. */
export const REQUEST = 0x1;
const DUMP = 0x300;
/** NLA_F_NESTED and NLA_F_NET_BYTEORDER are flags in an attribute's type. */
export const TYPE_MASK = 0x3fff;

/** NLMSG_ERROR: an errno, 0 for success. */
export const MESSAGE_ERROR = 2;
/** NLMSG_DONE: a dump is over. */
export const MESSAGE_DONE = 3;

/** NFT_MSG_NEWGEN as a whole type: a transaction was committed. */
export const MESSAGE_NEW_GENERATION: number = SUBSYSTEM | 15;

/** What can be asked for. */
export const ASK = { tables: 1, chains: 4, rules: 7, sets: 10, elements: 13 } as const;

/** An attribute to send: its type, and a text or the bytes of a number. */
export type Attribute = readonly [type: number, value: string];

/** A message as it came. */
export interface Message {
  /** Its type, of which the upper byte is the subsystem. */
  readonly type: number;
  /** The sequence number of what it answers. */
  readonly sequence: number;
  /** The port id that it is addressed to or that caused it. */
  readonly port: number;
  /** What follows the header. */
  readonly body: DataView;
}

/** A request for all things of a kind, in tables of the family inet. */
export function dumpRequest(
  what: number,
  sequence: number,
  attributes: readonly Attribute[],
): Uint8Array<ArrayBuffer> {
  const parts = attributes.map(([type, value]) => textAttribute(type, value));
  const length = parts.reduce((sum, part) => sum + part.length, HEADER + GENERIC);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  view.setUint16(4, SUBSYSTEM | what, true);
  view.setUint16(6, REQUEST | DUMP, true);
  view.setUint32(8, sequence, true);
  bytes[HEADER] = INET;
  let offset = HEADER + GENERIC;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** The messages of a datagram; what is cut off at its end is left out. */
export function* messages(bytes: Uint8Array<ArrayBuffer>): Generator<Message> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset + HEADER <= bytes.length;) {
    const length = view.getUint32(offset, true);
    if (length < HEADER || offset + length > bytes.length) return;
    yield {
      type: view.getUint16(offset + 4, true),
      sequence: view.getUint32(offset + 8, true),
      port: view.getUint32(offset + 12, true),
      body: new DataView(
        bytes.buffer,
        bytes.byteOffset + offset + HEADER,
        length - HEADER,
      ),
    };
    offset += align(length);
  }
}

/** The attributes of an answer, by their type; of several the last. */
export function attributesOf({ body }: Message): Map<number, DataView> {
  return new Map(attributes(body, GENERIC));
}

/** The attributes inside of one, in their order. */
export function* attributes(view: DataView, start = 0): Generator<[number, DataView]> {
  for (let offset = start; offset + 4 <= view.byteLength;) {
    const length = view.getUint16(offset, true);
    if (length < 4 || offset + length > view.byteLength) return;
    const type = view.getUint16(offset + 2, true) & TYPE_MASK;
    yield [type, new DataView(view.buffer, view.byteOffset + offset + 4, length - 4)];
    offset += align(length);
  }
}

/** An attribute's text, without the zero byte at its end. */
export function attributeText(view: DataView | undefined): string {
  if (view === undefined) return "";
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return new TextDecoder().decode(bytes).replace(/\0.*$/s, "");
}

/** An attribute's bytes. */
export function attributeBytes(view: DataView | undefined): Uint8Array {
  if (view === undefined) return new Uint8Array();
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function textAttribute(type: number, text: string): Uint8Array {
  const value = new TextEncoder().encode(`${text}\0`);
  const bytes = new Uint8Array(align(4 + value.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 4 + value.length, true);
  view.setUint16(2, type, true);
  bytes.set(value, 4);
  return bytes;
}

function align(length: number): number {
  return (length + 3) & ~3;
}
