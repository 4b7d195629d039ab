/** Which counter the next knock takes. */

import { sequenceOf } from "./derive.js";
import { canSend } from "./send.js";

/**
 * The counter and its ports for a knock at `now` (seconds since 1970), and how many seconds
 * it has to wait; a counter up to `door.used` was sent already. A step that browsers can't
 * send is passed over.
 */
export async function nextKnock(key, door, now) {
  const present = door.mode === "hotp" ? door.counter : Math.floor(now / door.period);
  let counter = Math.max(present, (door.used ?? -1) + 1);
  const first = counter;
  let sequence = await sequenceOf(key, door, counter);
  while (!canSend(sequence)) sequence = await sequenceOf(key, door, ++counter);
  // The server takes steps that are up to `window` ahead of its clock.
  const ahead = first === present ? door.window : 0;
  const wait = door.mode === "hotp" || counter - present <= ahead
    ? 0
    : counter * door.period - now;
  return { counter, sequence, wait: Math.max(0, wait), passedOver: counter > first };
}
