/** Rotating doors whose sequences somebody guesses, or a scan uses up. */

import { type Door, isOtpDoor, type OtpDoor } from "../../core/door.ts";
import { MOST_OTHERS } from "../../core/matcher/rules/judge.ts";
import type { Finding } from "../problems.ts";
import { FAIR_BITS, MIN_BITS, otpBits } from "./strength.ts";

/** Bits: of a thousand scans, each of as few packets as a knock, one is too many. */
const RARELY_SPENT = 10;

/** What is weak about a rotating door's sequences; of one that is refused no more is said. */
export function* otpFindings(door: Door): Generator<Finding> {
  if (!isOtpDoor(door)) return;
  const { otp, clients } = door.key;
  const bits = otpBits(otp, clients.length, door.tolerance);
  if (bits < FAIR_BITS) yield tooWeak(door, bits);
  if (bits >= MIN_BITS) yield* spentByScan(door);
}

function tooWeak({ name }: OtpDoor, bits: number): Finding {
  const refused = bits < MIN_BITS;
  const least = refused ? `at least ${MIN_BITS} are needed` : `${FAIR_BITS} are advised`;
  return {
    severity: refused ? "error" : "warning",
    name: "weak",
    path: ["doors", name, "otp"],
    atKey: true,
    message: `guessing a sequence takes ${Math.floor(bits)} bits; ${least}`,
    hint: "more ports, a longer sequence, a smaller window or less tolerance",
  };
}

/** What is complete is spent, unless so much else came amid it that it was a scan. */
function* spentByScan({ name, key: { otp, clients } }: OtpDoor): Generator<Finding> {
  const bits = otpBits(otp, clients.length, MOST_OTHERS);
  if (bits >= RARELY_SPENT) return;
  const scans = Math.round(2 ** bits);
  const packets = Math.min(otp.hi - otp.lo + 1, otp.length + MOST_OTHERS);
  const one = scans === 1 ? "a scan" : `one of ${scans} scans`;
  yield {
    severity: "warning",
    name: "spent-by-scan",
    path: ["doors", name, "otp"],
    atKey: true,
    message: `${one} of ${packets} ports uses up what a client would knock with`,
    hint: "more ports",
  };
}
