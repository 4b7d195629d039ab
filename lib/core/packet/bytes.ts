/**
 * Numbers in network byte order. Plain indexing, since a DataView would be an object more
 * for every batch; callers have compared the offset with the end of the packet.
 */

/** The byte at `at`. */
export function u8(bytes: Uint8Array, at: number): number {
  return bytes[at]!;
}

/** The 16-bit number at `at`. */
export function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 8 | bytes[at + 1]!;
}

/** The 32-bit number at `at`, unsigned. */
export function u32(bytes: Uint8Array, at: number): number {
  return (u16(bytes, at) << 16 | u16(bytes, at + 2)) >>> 0;
}
