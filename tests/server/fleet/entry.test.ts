import { deepEqual, equal, notEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  formatEntry,
  type LeaseEntry,
  parseEntry,
} from "../../../lib/server/fleet/entry.ts";
import {
  counterDigits,
  formatSpent,
  parseSpent,
} from "../../../lib/server/fleet/spent_entry.ts";
import { FORGER, KEYS, SEAL, SERIES } from "./fleet_lab.ts";

const PLACE = { group: "g", label: "ssh", ip: "192.0.2.7" };
const KEY = KEYS.lease(PLACE);
const LEASE: LeaseEntry = {
  v: 1,
  open_for: 60_000,
  by: "a",
  client: "alice",
  series: SERIES,
  counter: 7,
  once: "f".repeat(32),
  at: 1_800_000_000_000,
};
const TEXT = formatEntry("lease", LEASE, KEY, SEAL);
const SPENT = { counter: 7, node: "a", nonce: "0".repeat(32) };
const SPENT_KEY = KEYS.spent(SERIES);
const SPENT_TEXT = formatSpent(SPENT, SPENT_KEY, SEAL);

/** Reads a text as what it would be at a key. */
function read(text: string, key = KEY): unknown {
  return parseEntry("lease", text, key, SEAL) ?? parseSpent(text, key, SEAL);
}

Deno.test("entries are read as they were written", () => {
  deepEqual(read(TEXT), LEASE);
  const { client: _, series: __, counter: ___, ...plain } = LEASE;
  deepEqual(read(formatEntry("lease", plain, KEY, SEAL)), plain);
  deepEqual(parseSpent(SPENT_TEXT, SPENT_KEY, SEAL), SPENT);
  const revoked = { v: 1, door: "ssh", client: "alice", by: "a", at: 5 } as const;
  const at = KEYS.revoked(SERIES);
  const text = formatEntry("revoked", revoked, at, SEAL);
  deepEqual(parseEntry("revoked", text, at, SEAL), revoked);
});

Deno.test("an entry holds at its own key alone, and by its own fleet's secret", () => {
  equal(read(TEXT, KEYS.lease({ ...PLACE, ip: "192.0.2.8" })), undefined);
  equal(read(TEXT, KEYS.lease({ ...PLACE, group: "h" })), undefined);
  equal(read(formatEntry("lease", LEASE, KEY, FORGER)), undefined);
  equal(parseSpent(SPENT_TEXT, KEYS.spent("f".repeat(32)), SEAL), undefined);
  equal(parseSpent(formatSpent(SPENT, SPENT_KEY, FORGER), SPENT_KEY, SEAL), undefined);
});

for (
  const [name, text, key] of [["lease", TEXT, KEY], [
    "spent",
    SPENT_TEXT,
    SPENT_KEY,
  ]] as const
) {
  Deno.test(`a ${name} entry changed at any place, cut or lengthened is none`, () => {
    for (let i = 0; i < text.length; i++) {
      const other = String.fromCharCode(text.charCodeAt(i) ^ 1);
      equal(
        read(text.slice(0, i) + other + text.slice(i + 1), key),
        undefined,
        `at ${i}`,
      );
      equal(read(text.slice(0, i), key), undefined, `cut at ${i}`);
      equal(read(text.slice(0, i) + text.slice(i + 1), key), undefined, `without ${i}`);
    }
    for (const more of [" ", "\n", "x", "\0", text]) {
      equal(read(text + more, key), undefined);
      equal(read(more + text, key), undefined);
    }
  });
}

Deno.test("a seal tells where a key ends and its value begins", () => {
  notEqual(SEAL.of("ab", "c"), SEAL.of("a", "bc"));
});

Deno.test("what a node with the secret would not write is no entry, sealed or not", () => {
  const sealed = (body: string) => `${body.slice(0, -1)},"mac":"${SEAL.of(KEY, body)}"}`;
  const body = JSON.stringify(LEASE);
  deepEqual(read(sealed(body)), LEASE);
  for (
    const other of [
      body.replace('"v":1', '"v":2'),
      body.replace('"v":1', '"v": 1'),
      body.replace("60000", "-1"),
      body.replace("60000", "6e4"),
      body.replace("60000", "31536000001"),
      body.replace('"counter":7', '"counter":281474976710656'),
      body.replace(',"counter":7', ""),
      body.replace('"alice"', '"-alice"'),
      body.replace('"alice"', '"al\\u0000ice"'),
      body.replace('"by":"a"', '"by":"a/b"'),
      body.replace('"by":"a"', '"by":"a","more":1'),
      body.replace('"by":"a"', '"by":"b","by":"a"'),
      "[]",
      "{}",
      "null ",
    ]
  ) equal(read(sealed(other)), undefined, other);
});

Deno.test("a text is less than a counter's digits if its own counter is lower", () => {
  fc.assert(fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), (own, other) => {
    const text = formatSpent({ ...SPENT, counter: own }, SPENT_KEY, SEAL);
    equal(text < counterDigits(other), own < other);
  }));
  const highest = 2 ** 48 - 1;
  const text = formatSpent({ ...SPENT, counter: highest }, SPENT_KEY, SEAL);
  equal(text < counterDigits(highest), false);
  deepEqual(parseSpent(text, SPENT_KEY, SEAL)?.counter, highest);
});

Deno.test("keys are read as they were written, and others are nobody's", () => {
  const label = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
  fc.assert(fc.property(label, fc.ipV4(), (text, ip) => {
    const place = { group: "g", label: text, ip };
    deepEqual(KEYS.parse(KEYS.lease(place)), { kind: "lease", place });
  }));
  deepEqual(KEYS.parse(KEYS.spent(SERIES)), { kind: "spent", series: SERIES });
  deepEqual(KEYS.parse(KEYS.node("web1")), { kind: "node", name: "web1" });
  for (
    const key of [
      "",
      KEYS.prefix,
      KEYS.spent("xyz"),
      `${KEYS.spent(SERIES)}/`,
      `${KEYS.prefix}lease/g/ssh`,
      `${KEYS.prefix}lease/g/ssh/192.0.2.07`,
      `${KEYS.prefix}lease/g/ssh/192.0.2.7/x`,
      `${KEYS.prefix}lease/g/%73sh/192.0.2.7`,
      `${KEYS.prefix}lease/g/%/192.0.2.7`,
      `${KEYS.prefix}lease//ssh/192.0.2.7`,
      `${KEYS.prefix}lease/g/ssh/::ffff:192.0.2.7`,
      "knockd/v1/other/spent/" + SERIES,
    ]
  ) equal(KEYS.parse(key), undefined, key);
});
