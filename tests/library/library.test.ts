import assert from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import packets from "../../docs/packet-v1.vectors.json" with { type: "json" };
import sequences from "../../docs/sequence-v1.vectors.json" with { type: "json" };
import { addressFromBytes, parseAddress } from "../../lib/core/address.ts";
import { derivationKey, deriveSequence } from "../../lib/core/one_time/derive.ts";
import { formatUri } from "../../lib/core/one_time/otpauth_uri.ts";
import { packetKey, packetPayload } from "../../lib/core/one_time/packet.ts";
import * as enrolment from "../../lib/library/enrolment.ts";
import * as packet from "../../lib/library/packet.ts";
import * as sequence from "../../lib/library/sequence.ts";
import { sourceBytes } from "../../lib/library/source.ts";
import { anEnrolment, enrolments } from "../core/one_time/enrolments.ts";
import { wrongVectors } from "./vectors.js";

const { counterOf, readEnrolment } = enrolment;
const { packetAt } = packet;
const { sequenceAt, sequenceKeys } = sequence;

Deno.test("the library gives every published vector", async () => {
  const library = { ...enrolment, ...packet, ...sequence };
  const wrong = await wrongVectors(library, sequences.vectors, packets.vectors);
  assert.deepEqual(wrong, []);
});

const times = fc.integer({ min: 0, max: 2 ** 33 });

Deno.test("the library and the client make the same of a URI and a time", async () => {
  await fc.assert(
    fc.asyncProperty(enrolments, times, fc.ipV6(), async (own, time, text) => {
      const { otp, secret, label } = own;
      const source = otp.bindSource ? parseAddress(text)! : undefined;
      const uri = formatUri({ ...own, otp: { ...otp, packet: 53 } });
      const counter = counterOf(readEnrolment(uri), time);
      const plain = derivationKey(secret, label);
      const bound = source && derivationKey(secret, label, source);
      const ports = deriveSequence(otp, counter, plain, bound);
      assert.deepEqual(await sequenceAt(uri, time, source && text), ports);
      const payload = packetPayload(packetKey(secret, label), counter, source);
      assert.deepEqual(await packetAt(uri, time, source && text), payload);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a time in milliseconds is refused, and where each knock counts none matters", async () => {
  const uri = formatUri(anEnrolment());
  for (const time of [Date.UTC(2026, 0), NaN, -1, Infinity]) {
    await assert.rejects(sequenceAt(uri, time), RangeError, `${time}`);
  }
  const { otp } = anEnrolment();
  const counted = anEnrolment({ otp: { ...otp, mode: "hotp" }, counter: 7 });
  assert.equal(counterOf(counted, NaN), 7);
});

Deno.test("the library reads an address as the daemon does", () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map((raw) =>
      addressFromBytes(raw).text
    ),
    fc.stringMatching(/^[0-9a-f:.]{0,20}$/),
    fc.constantFrom("127.1", "010.0.0.1", "fe80::1%eth0", "::1.2.3.4", "::ffff:1.2.3.4"),
    fc.constantFrom(
      "",
      "[::1]",
      "::1/64",
      "1.2.3.4.5",
      "300.1.1.1",
      "example.org",
      "::g",
    ),
  );
  fc.assert(fc.property(text, (text) => {
    const address = parseAddress(text);
    if (address === undefined) assert.throws(() => sourceBytes(text), RangeError, text);
    else assert.deepEqual(sourceBytes(text), address.bytes, text);
  }));
});

Deno.test("a bound door asks for a source, one without packets refuses to make one", async () => {
  const otp = { ...anEnrolment().otp, bindSource: true, packet: 53 };
  const bound = anEnrolment({ otp });
  await assert.rejects(sequenceAt(bound, 0), RangeError);
  await assert.rejects(packetAt(bound, 0), RangeError);
  await assert.rejects(packetAt(anEnrolment(), 0), RangeError);
  assert.equal((await packetAt(bound, 0, "192.0.2.7")).length, 24);
});

Deno.test("what is no URI is an error that shows nothing of it", () => {
  for (const text of ["", "otpauth://totp/x", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]) {
    assert.throws(() => readEnrolment(text), (error: Error) => {
      assert.ok(error instanceof SyntaxError && !error.message.includes("GEZD"));
      return true;
    });
  }
});

Deno.test("keys can't be read, and no print shows a secret", async () => {
  const own = readEnrolment(formatUri(anEnrolment()));
  const { first } = await sequenceKeys(own);
  await assert.rejects(crypto.subtle.exportKey("raw", first));
  for (const shown of [inspect(own), Deno.inspect(own), JSON.stringify(own)]) {
    assert.ok(shown.includes("(secret)"), shown);
  }
});
