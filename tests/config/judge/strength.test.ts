import assert from "node:assert/strict";
import fc from "fast-check";
import type { OtpSettings } from "../../../lib/core/door.ts";
import { parseSequence } from "../../../lib/core/sequence.ts";
import { otpBits, staticBits } from "../../../lib/config/judge/strength.ts";
import { OTP } from "../../core/doors.ts";

Deno.test("the default door has the 65 bits that sequence-v1 computes", () => {
  const sequence = Math.log2(50000 ** 5);
  const order = Math.log2(5 * 4 * 3 * 2);
  const foreign = Math.log2(7 * 6 / 2);
  const expected = sequence - order - Math.log2(3) - foreign;
  // The page counts 50000 ports for each knock; a port is not used twice.
  assert(Math.abs(otpBits(OTP, 1, 2) - expected) < 0.001);
  assert.equal(otpBits(OTP, 1, 2).toFixed(1), "65.2");
});

Deno.test("bits are the logarithm of what a guess has to be chosen from", () => {
  const rows: [
    change: Partial<OtpSettings>,
    clients: number,
    tolerance: number,
    odds: number,
    why: string,
  ][] = [
    [{ window: 0 }, 1, 0, 2118760, "choose 5 of 50 ports"],
    [{ window: 1 }, 1, 0, 2118760 / 3, "three steps are accepted"],
    [{ window: 0 }, 7, 0, 2118760 / 7, "seven clients may knock"],
    [{ window: 0 }, 0, 0, 2118760, "no client yet counts as one"],
    [{ window: 0 }, 1, 2, 2118760 / 21, "5 of 7 packets have to be right"],
    [{ mode: "hotp", lookAhead: 10 }, 1, 0, 2118760 / 11, "eleven counters are accepted"],
    [{ window: 0, protocol: "udp" }, 1, 0, 2118760, "UDP ports are as many"],
    [{ window: 0, protocol: "mixed" }, 1, 0, 2118760 * 32, "five protocols as well"],
    [{ window: 0, bindSource: true }, 1, 0, 2118760, "guessers have an address as well"],
  ];
  for (const [change, clients, tolerance, odds, why] of rows) {
    const otp = { ...OTP, lo: 1001, hi: 1050, ...change };
    const bits = otpBits(otp, clients, tolerance);
    assert(Math.abs(bits - Math.log2(odds)) < 1e-9, `${why}: ${2 ** bits}`);
  }
});

Deno.test("a door that a scan opens has no bits", () => {
  assert.equal(otpBits(OTP, 1, -1), 0);
  assert.equal(otpBits({ ...OTP, lo: 40000, hi: 40019 }, 1, 15), 0);
  assert.equal(staticBits(parseSequence("7000,8000,9000").sequence, -1), 0);
});

Deno.test("a static sequence has 16 bits a port, less what the tolerance gives away", () => {
  const { sequence } = parseSequence("7000,8000:udp,9000");
  assert.equal(staticBits(sequence, 0).toFixed(1), "48.0");
  assert.equal(staticBits(sequence, 2).toFixed(1), (48 - Math.log2(10)).toFixed(1));
});

Deno.test("more ports never weaken a door, and more tolerance never strengthens it", () => {
  const length = fc.integer({ min: 3, max: 31 });
  fc.assert(fc.property(length, fc.nat(200), fc.nat(64), (length, more, tolerance) => {
    const otp = { ...OTP, length, lo: 20000, hi: 20000 + 4 * 32 + more };
    const bits = otpBits(otp, 3, tolerance);
    assert(Number.isFinite(bits) && bits >= 0);
    assert(otpBits({ ...otp, hi: otp.hi + 1 }, 3, tolerance) >= bits);
    assert(otpBits(otp, 3, tolerance + 1) <= bits);
    assert(otpBits(otp, 4, tolerance) <= bits);
  }));
});
