/** Which counter the next knock takes. */

import { USUAL_WINDOW } from "../core/one_time/enrolment.ts";
import { sequenceOf } from "../library/sequence.ts";
import { obstacle } from "./send.js";

/** Steps that are passed over at most: of a door whose ports are refused, all are. */
const MOST_PASSED = 100;

/**
 * The counter and its ports for a knock at `now` (seconds since 1970), and how many seconds
 * it has to wait; a counter up to `door.used` was sent already. A step that browsers can't
 * send is passed over; of a door that they can't send to at all, `obstacle` says why.
 */
export async function nextKnock(door, now) {
  const { otp } = door;
  const present = otp.mode === "hotp" ? door.counter : Math.floor(now / otp.period);
  const first = Math.max(present, usedUntil(door, present) + 1);
  for (let counter = first;; counter++) {
    const sequence = await sequenceOf(door.keys, otp, counter);
    const reason = obstacle(sequence);
    if (reason === undefined) {
      // The host takes steps that are a little ahead, but who used one waits for the next.
      const ahead = first === present ? otp.window ?? USUAL_WINDOW : 0;
      const wait = otp.mode === "hotp" || counter - present <= ahead
        ? 0
        : counter * otp.period - now;
      return { counter, sequence, wait, passedOver: counter > first };
    }
    if (reason !== "blocked" || counter - first === MOST_PASSED) {
      return { obstacle: reason };
    }
  }
}

/** What was used; a step of the future says that this clock was ahead then, and is not now. */
function usedUntil({ otp, used = -1 }, present) {
  if (otp.mode === "hotp") return used;
  return Math.min(used, present + (otp.window ?? USUAL_WINDOW));
}
