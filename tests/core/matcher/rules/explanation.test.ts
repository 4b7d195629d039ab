/** What is said of a knock that came far and is not complete. */
import assert from "node:assert/strict";
import { addressToWords } from "../../../../lib/core/address_words.ts";
import { parseAddress } from "../../../../lib/core/address.ts";
import { refusalWords } from "../../../../lib/core/refusal_words.ts";
import { door } from "../../doors.ts";
import { ordered, packets, play, trial, unordered } from "../trial.ts";

const ABC = ordered(door("a", "7000,8000:udp,9000"));
const THREE = ordered(door("a", "7000,8000,9000"));
const BACK = ordered(door("a", "7000,8000,7000"));
const TWICE = ordered(door("a", "7000,7000,8000"));
const BOTH = ordered(door("a", "7000,7000:udp,8000"));
const MANY = ordered(door("a", "1,2,3,4,5"));
const ANY = unordered(door("a", "1,2,3,4:udp,5"));

function said(of: typeof ABC, knock: string): string | undefined {
  const one = trial([of]);
  play(one, packets(knock));
  if (one.near.length === 0) return undefined;
  const source = addressToWords(parseAddress("192.0.2.7")!);
  const why = one.matcher.explain(of, source, 20_000);
  return why && refusalWords(why.refusal);
}

const ROWS: [why: string, of: typeof ABC, knock: string, said: string | undefined][] = [
  ["wrong order", ABC, "8000:udp 7000 9000", "8000:udp came before 7000"],
  ["the last two changed", ABC, "7000 9000 8000:udp", "9000 came before 8000:udp"],
  ["wrong port", ABC, "7000 8001:udp 9000", "8001:udp came and 8000:udp did not"],
  ["the last one wrong", ABC, "7000 8000:udp 9001", "9001 came and 9000 did not"],
  ["tcp for udp", ABC, "7000 8000 9000", "8000 came by tcp and is udp here"],
  ["first one by udp", ABC, "7000:udp 8000:udp 9000", "7000 came by udp and is tcp here"],
  ["first one missing", ABC, "8000:udp 9000", "8000:udp came and 7000 did not"],
  ["last one missing", ABC, "7000 8000:udp", "9000 did not come"],
  ["one too many amid it", THREE, "7000 8000 7000 9000", "7000 came before 9000"],
  ["the wrong way round", MANY, "5 4 3 2 1", "2 came before 1"],
  ["two changed amid five", MANY, "1 3 2 4 5", "3 came before 2"],
  ["right, then begun anew", MANY, "1 2 3 4 1 5", "1 came before 5"],
  ["back, and the last one missing", BACK, "7000 7000 8000", "the 2nd 7000 did not come"],
  ["back, but no way forth", BACK, "8000 7000", "8000 came before 7000"],
  ["once where it is twice", TWICE, "7000 8000", "8000 came and the 2nd 7000 did not"],
  ["twice, but not in a row", TWICE, "7000 8000 7000", "8000 came before the 2nd 7000"],
  [
    "twice where it is by udp, too",
    BOTH,
    "7000 7000 8000",
    "8000 came and 7000:udp did not",
  ],
  [
    "after a knock whose last port came twice",
    THREE,
    "7000 8000 9000 9000 7000 8000",
    "9000 did not come",
  ],
  ["some missing", MANY, "1 2 3", "3 of 5 ports came, 4,5 did not"],
  ["too few to be told from a scan", MANY, "1 2", undefined],
  ["rotating: some missing", ANY, "1 2 3", "3 of 5 ports came"],
  ["rotating: tcp for udp", ANY, "1 2 3 4 5", "4 came by tcp and is udp here"],
];

for (const [why, of, knock, expected] of ROWS) {
  Deno.test(`a wrong knock is explained: ${why}`, () => {
    assert.equal(said(of, knock), expected);
  });
}
