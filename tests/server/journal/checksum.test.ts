/** The checksum of a row is the one that the journals which are there already have. */
import assert from "node:assert/strict";
import { checksum } from "../../../lib/server/journal/checksum.ts";

/** Of zlib's crc32() over the same JSON. */
const KNOWN: [values: (string | number)[], sum: number][] = [
  [[], 0x0d4cbb29],
  [[1, '{"door":"ssh"}'], 0xe7111675],
  [["00ff", "ssh", "alicé", 59_000_000, "3-5"], 0x771d1f9b],
];

for (const [values, sum] of KNOWN) {
  Deno.test(`the checksum of ${JSON.stringify(values)} is zlib's CRC-32 of it`, () => {
    assert.equal(checksum(values), sum);
  });
}
