/**
 * A checksum a row. SQLite notices a torn page, but not a flipped bit inside a value:
 * such a bit must neither lower a spent counter nor change a command that root runs.
 *
 * @module
 */

/** CRC-32 (ISO-HDLC) of the values, in their order. */
export function checksum(values: readonly (string | number)[]): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(JSON.stringify(values))) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
