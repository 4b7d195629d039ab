/**
 * A checksum a row. SQLite notices a torn page, but not a flipped bit inside a value:
 * such a bit must neither lower a spent counter nor change a command that root runs.
 */

const ENCODER = new TextEncoder();

/** What a byte does to the remainder: the division of eight bits at once. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** CRC-32 (ISO-HDLC) of the values, in their order. */
export function checksum(values: readonly (string | number)[]): number {
  const bytes = ENCODER.encode(JSON.stringify(values));
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ REMAINDERS[(crc ^ bytes[i]!) & 0xff]!;
  }
  return ~crc >>> 0;
}
