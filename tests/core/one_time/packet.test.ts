import assert from "node:assert/strict";
import fc from "fast-check";
import vectors from "../../../docs/packet-v1.vectors.json" with { type: "json" };
import { parseAddress } from "../../../lib/core/address.ts";
import { counterAt, MAX_COUNTER } from "../../../lib/core/one_time/derive.ts";
import {
  isAt,
  packetKey,
  packetPayload,
  packetProof,
  packetTag,
} from "../../../lib/core/one_time/packet.ts";
import { parseSecret } from "../../../lib/core/one_time/secret_text.ts";
import { Secret } from "../../../lib/core/secret.ts";

const SECRET = new Secret(new TextEncoder().encode("12345678901234567890"));

Deno.test("packets reproduce every published vector", () => {
  assert.equal(vectors.vectors.length, 10);
  for (const vector of vectors.vectors) {
    const { note, label, counter } = vector;
    const secret = parseSecret(vector.secret_base32);
    assert.ok(secret instanceof Secret, note);
    if (vector.unix_time !== undefined) {
      assert.equal(counterAt(vector.unix_time, vector.period), counter, note);
    }
    const source = vector.source === null ? undefined : parseAddress(vector.source)!;
    const key = packetKey(secret, label);
    assert.equal(key.reveal().toHex(), vector.key_hex, note);
    assert.equal(packetTag(key, counter).toHex(), vector.tag_hex, note);
    assert.equal(packetProof(key, counter, source).toHex(), vector.proof_hex, note);
    assert.equal(packetPayload(key, counter, source).toHex(), vector.payload_hex, note);
  }
});

Deno.test("packets of no label and no counter are errors", () => {
  for (const label of ["", "a b", "ü", "a".repeat(65)]) {
    assert.throws(() => packetKey(SECRET, label), RangeError, label);
  }
  const key = packetKey(SECRET, "ssh");
  for (const counter of [-1, 0.5, NaN, MAX_COUNTER + 1]) {
    assert.throws(() => packetPayload(key, counter), RangeError, `${counter}`);
  }
});

Deno.test("bytes are found where they are, and nowhere else", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(fc.property(bytes, bytes, bytes, fc.nat(), (before, own, after, flip) => {
    const all = Uint8Array.from([...before, ...own, ...after]);
    assert.ok(isAt(own, all, before.length));
    const bit = flip % (8 * own.length);
    all[before.length + (bit >> 3)]! ^= 1 << (bit & 7);
    assert.ok(!isAt(own, all, before.length));
    const beyond = all.length - own.length + 1;
    assert.ok(!isAt(own, all, beyond), "cut off");
    assert.ok(!isAt(own.fill(0), all.fill(0), beyond), "no zeros");
  }));
});
