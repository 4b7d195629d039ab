/** A door as the page has it: what is shown of it, its keys, and what was used of them. */

import { sequenceKeys, sequenceOf } from "../library/sequence.ts";
import { nextKnock } from "./counter.js";
import { send } from "./send.js";
import { keepDoor, keptDoor, spendCounter } from "./store.js";

/** Seconds after a sending at which the same sequence is sent again. */
const AGAIN = 1;

/** The last sending of the knock before. */
let last = Promise.resolve();

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** The door of a link. */
export async function doorOf({ enrolment, then }) {
  const { host, door, client, otp, counter } = enrolment;
  return { host, door, client, otp, counter, then, keys: await sequenceKeys(enrolment) };
}

/** What is kept of a door, if its key is the same: a link may be opened twice. */
export async function keptOf(door) {
  const kept = await keptDoor(door).catch(() => undefined);
  return kept !== undefined && await sameKeys(kept, door) ? kept : undefined;
}

/**
 * Keeps a door, so that it is there when the page is opened again. One that is kept goes on
 * counting where it is by now.
 */
export async function keep(door) {
  const { used } = await keptOf(door) ?? door;
  await keepDoor({ ...door, used });
  door.kept = true;
}

/**
 * Knocks once; `onWait` hears each second how many are left, whether a step was passed
 * over, and whether it hears of this wait first. Gives the word for what keeps it from
 * knocking, if something does.
 */
export async function knock(door, onWait) {
  // Amid another knock its ports would void that one.
  await last;
  for (;;) {
    if (door.kept && !await refresh(door)) return "removed";
    const next = await nextKnock(door, Date.now() / 1000);
    if (next.obstacle !== undefined) return next.obstacle;
    if (next.wait > 0) {
      // What a clock that was ahead has used is forgotten, or it would stay ahead.
      if (!await remember(door, next.counter - 1)) continue;
      await countDown(next, onWait);
      // Whoever put the phone away meanwhile is late for this one.
      continue;
    }
    // A counter is used before it is sent.
    if (!await remember(door, next.counter)) continue;
    onWait(0, false, true);
    await send(door.host, next.sequence);
    await sleep(AGAIN);
    await send(door.host, next.sequence);
    // Nobody waits for the last: some engines forget a hit while its name is looked up.
    last = sleep(AGAIN).then(() => send(door.host, next.sequence)).catch(() => {});
    return undefined;
  }
}

/** Goes by the clock: a page that nobody looks at stands still. */
async function countDown({ wait, passedOver }, onWait) {
  const seconds = Math.ceil(wait);
  const end = Date.now() + seconds * 1000;
  for (let left = seconds; left > 0 && left <= seconds;) {
    onWait(left, passedOver, left === seconds);
    await sleep(1);
    left = Math.ceil((end - Date.now()) / 1000);
  }
}

/** Has counters up to this one used; false if another window has used one meanwhile. */
async function remember(door, used) {
  if (door.kept && !await spendCounter(door, used)) return false;
  door.used = used;
  return true;
}

/** Takes over what another window has kept meanwhile; false if it has removed the door. */
async function refresh(door) {
  const kept = await keptDoor(door);
  if (kept === undefined) return false;
  Object.assign(door, kept, { kept: true });
  return true;
}

/** Keys can't be compared, what they make can. */
async function sameKeys(one, other) {
  const shape = { length: 3, lo: 1, hi: 65535, protocol: "tcp" };
  const [a, b] = await Promise.all(
    [one, other].map(({ keys }) => sequenceOf(keys, shape, 0)),
  );
  return JSON.stringify(a) === JSON.stringify(b);
}
