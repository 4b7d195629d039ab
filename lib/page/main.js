/** The page: one door at a time, one button. */

import { checkClock, install } from "./served.js";
import { doorOf, keep, keptOf, knock } from "./door.js";
import { readLink } from "./link.js";
import { forgetDoor, keptDoors } from "./store.js";
import {
  count,
  describe,
  label,
  list,
  part,
  say,
  show,
  showTime,
  translate,
  warn,
} from "./view.js";

/** Where another door is chosen. */
const OTHERS = ["doors", "paste"];

let current;

async function offer(text) {
  const found = readLink(text);
  if (typeof found === "string") {
    if (current === undefined) show("paste");
    return say(found);
  }
  current = await doorOf(found);
  part("line").value = "";
  say("");
  describe(current);
  show("door", "choice");
}

/** One tap after the link was opened, and the door is open. */
async function choose(kept) {
  try {
    // What a key uses that is kept already is remembered.
    if (kept || await keptOf(current)) await keep(current);
  } catch {
    return say("cannotKeep");
  }
  part("forget").hidden = !kept;
  show("door", "actions");
  await knockNow();
}

async function knockNow() {
  part("knock").disabled = true;
  // What is said, and the link that is followed, are of this door.
  for (const id of OTHERS) part(id).inert = true;
  try {
    const obstacle = await knock(current, sayWait);
    if (obstacle !== undefined) return say(obstacle);
    say("done");
    goOn(current);
  } catch (error) {
    say("failed", { reason: error.message });
  } finally {
    for (const id of OTHERS) part(id).inert = false;
    part("knock").disabled = false;
    part("knock").focus();
  }
}

/** Said once, counted in silence: nobody wants a number read out each second. */
function sayWait(seconds, passedOver, isFirst) {
  count(seconds);
  if (seconds === 0) return say("knocking");
  if (isFirst) say(passedOver ? "passedOver" : "wait", { seconds });
}

function goOn({ then }) {
  if (then === undefined) return;
  part("go").hidden = false;
  location.href = then;
}

async function forget() {
  const { dataset } = part("forget");
  if (dataset.sure === undefined) {
    dataset.sure = "";
    return label("forget", "forgetSure");
  }
  await forgetDoor(current);
  location.reload();
}

function pick(door) {
  current = { ...door, kept: true };
  describe(current);
  part("forget").hidden = false;
}

async function showKept() {
  const doors = await keptDoors().catch(() => []);
  if (doors.length === 0) return show("paste");
  list(doors, pick);
  // Where no link leads to, as to a page that is installed, one more is pasted.
  part("pasted").parentElement.open = false;
  show("door", "actions", "paste", ...doors.length > 1 ? ["doors"] : []);
}

async function start() {
  translate();
  showTime();
  const text = location.hash.slice(1);
  // The secret is gone from the address, the history and what is shared by a tap.
  if (text !== "") history.replaceState(null, "", location.pathname + location.search);
  if (globalThis.crypto?.subtle === undefined) return warn("notSecure");
  part("read").onclick = () => offer(part("line").value);
  part("keep").onclick = () => choose(true);
  part("once").onclick = () => choose(false);
  part("knock").onclick = knockNow;
  part("forget").onclick = forget;
  install();
  checkClock((seconds) => warn("clock", { seconds }));
  await (text === "" ? showKept() : offer(text));
  document.body.dataset.ready = "";
}

// What the policy forbids never leaves, and a page hears nothing of what does.
addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
  if (effectiveDirective === "connect-src") warn("otherHost");
});
// A link that is opened where the page is open already changes what follows the # alone.
addEventListener("hashchange", () => location.reload());
start();
