/**
 * What is asked of nf_tables, and how its answers begin
 * (linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h).
 */

import {
  align,
  attributes,
  type Message,
  NETLINK_HEADER,
  REQUEST,
} from "../netlink_message.ts";

/** NFNL_SUBSYS_NFTABLES, the upper byte of every message's type. */
const SUBSYSTEM = 10 << 8;
/** NFPROTO_INET. */
export const INET = 1;
/** struct nfgenmsg behind a message's header: family, version, resource id. */
const GENERIC = 4;
/** NLM_F_DUMP */
const DUMP = 0x300;

/** NFT_MSG_NEWGEN as a whole type: a transaction was committed. */
export const MESSAGE_NEW_GENERATION: number = SUBSYSTEM | 15;

/** What can be asked for. */
export const ASK = { tables: 1, chains: 4, rules: 7, sets: 10, elements: 13 } as const;

/** An attribute to send: its type, and its text. */
export type Attribute = readonly [type: number, text: string];

/** A request for all things of a kind, in tables of the family inet. */
export function dumpRequest(
  what: number,
  sequence: number,
  attributes: readonly Attribute[],
): Uint8Array<ArrayBuffer> {
  const parts = attributes.map(([type, text]) => textAttribute(type, text));
  const length = parts.reduce((sum, part) => sum + part.length, NETLINK_HEADER + GENERIC);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  view.setUint16(4, SUBSYSTEM | what, true);
  view.setUint16(6, REQUEST | DUMP, true);
  view.setUint32(8, sequence, true);
  bytes[NETLINK_HEADER] = INET;
  let offset = NETLINK_HEADER + GENERIC;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** The attributes of an answer, by their type; of several the last. */
export function attributesOf({ body }: Message): Map<number, DataView> {
  return new Map(attributes(body, GENERIC));
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
