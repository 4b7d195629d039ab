/** Netlink messages as bytes, whatever they are about (linux/netlink.h). */

/** struct nlmsghdr: length, type, flags, sequence number, port id. */
export const NETLINK_HEADER = 16;
/** NLM_F_REQUEST. */
export const REQUEST = 0x1;
/** Without NLA_F_NESTED and NLA_F_NET_BYTEORDER, which are flags in an attribute's type. */
export const TYPE_MASK = 0x3fff;

/** NLMSG_ERROR: an errno, 0 for success. */
export const MESSAGE_ERROR = 2;
/** NLMSG_DONE: a dump is over. */
export const MESSAGE_DONE = 3;

/** A message as it came. */
export interface Message {
  /** Its type; of netfilter's, the upper byte is the subsystem. */
  readonly type: number;
  /** The sequence number of what it answers. */
  readonly sequence: number;
  /** The port id that it is addressed to or that caused it. */
  readonly port: number;
  /** What follows the header. */
  readonly body: DataView;
}

/** The messages of a datagram; what is cut off at its end is left out. */
export function* messages(bytes: Uint8Array<ArrayBuffer>): Generator<Message> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset + NETLINK_HEADER <= bytes.length;) {
    const length = view.getUint32(offset, true);
    if (length < NETLINK_HEADER || offset + length > bytes.length) return;
    yield {
      type: view.getUint16(offset + 4, true),
      sequence: view.getUint32(offset + 8, true),
      port: view.getUint32(offset + 12, true),
      body: new DataView(
        bytes.buffer,
        bytes.byteOffset + offset + NETLINK_HEADER,
        length - NETLINK_HEADER,
      ),
    };
    offset += align(length);
  }
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

/** A length with what fills it up to four bytes. */
export function align(length: number): number {
  return (length + 3) & ~3;
}
