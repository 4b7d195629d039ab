/** The page: one door at a time, one button. */

import { nextKnock } from "./counter.js";
import { derivationKey } from "./derive.js";
import { readLink } from "./link.js";
import { send } from "./send.js";
import { forgetDoor, keepDoor, keptDoors } from "./store.js";
import { fill, wordsFor } from "./words.js";

/** Seconds after the first sending at which the same sequence is sent again. */
const AGAIN = 1;
/** Seconds that a clock may be off: a door's window is a step to either side. */
const CLOCK_TOLERANCE = 20;

const { language, words } = wordsFor(navigator.languages);
const part = (id) => document.getElementById(id);
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

let current;

function say(text) {
  part("said").textContent = text;
}

function show(...ids) {
  for (const id of ["paste", "choice", "door", "doors"]) {
    part(id).hidden = !ids.includes(id);
  }
}

function translate() {
  document.documentElement.lang = language;
  document.title = words.title;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = words[element.dataset.word];
  }
}

async function offer(text) {
  const found = readLink(text);
  if (typeof found === "string") return say(words[found]);
  const { door, secret } = found;
  current = { ...door, key: await derivationKey(secret, door.label) };
  say("");
  describe();
  show("choice", "door");
}

function describe() {
  part("host").textContent = current.host;
  part("name").textContent = current.door;
  part("go").hidden = true;
}

async function choose(kept) {
  if (kept) await keepDoor(current);
  current.kept = kept;
  part("forget").hidden = !kept;
  show("door");
}

async function knock() {
  part("knock").disabled = true;
  try {
    await knockNow();
  } catch (error) {
    say(fill(words.failed, { reason: error.message }));
  } finally {
    part("knock").disabled = false;
  }
}

async function knockNow() {
  const next = await nextKnock(current.key, current, Date.now() / 1000);
  for (let left = Math.ceil(next.wait); left > 0; left--) {
    say(fill(next.passedOver ? words.blocked : words.wait, { seconds: left }));
    await sleep(1);
  }
  say(words.knocking);
  // A counter is used before it is sent.
  current.used = next.counter;
  if (current.kept) await keepDoor(current);
  await send(current.host, next.sequence);
  await sleep(AGAIN);
  await send(current.host, next.sequence);
  say(words.done);
  goOn();
}

function goOn() {
  if (current.then === undefined) return;
  part("go").href = current.then;
  part("go").hidden = false;
  location.href = current.then;
}

async function forget() {
  const button = part("forget");
  if (button.dataset.sure === undefined) {
    button.dataset.sure = "";
    button.textContent = words.forgetSure;
    return;
  }
  await forgetDoor(current);
  location.reload();
}

async function start() {
  translate();
  setInterval(() => part("time").textContent = new Date().toLocaleTimeString(), 1000);
  if (globalThis.crypto?.subtle === undefined) return say(words.notSecure);
  part("read").onclick = () => offer(part("line").value);
  part("keep").onclick = () => choose(true);
  part("once").onclick = () => choose(false);
  part("knock").onclick = knock;
  part("forget").onclick = forget;
  checkClock();
  const text = location.hash.slice(1);
  // The secret is gone from the address, the history and what is shared by a tap.
  if (text !== "") history.replaceState(null, "", location.pathname + location.search);
  if (text !== "") return await offer(text);
  await showKept();
}

async function showKept() {
  const doors = await keptDoors().catch(() => []);
  if (doors.length === 0) return show("paste");
  pick(doors[0]);
  if (doors.length === 1) return;
  const list = part("doors");
  for (const door of doors) {
    const button = document.createElement("button");
    button.textContent = `${door.door} · ${door.host}`;
    button.onclick = () => pick(door);
    list.append(button);
  }
  list.hidden = false;
}

function pick(door) {
  current = { ...door, kept: true };
  describe();
  part("forget").hidden = false;
  part("door").hidden = false;
}

/** A page that was served knows its server's time. */
async function checkClock() {
  if (!location.protocol.startsWith("http")) return;
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("worker.js").catch(() => {});
  }
  try {
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
    const served = Date.parse(answer.headers.get("date") ?? "");
    const seconds = Math.round(Math.abs(Date.now() - served) / 1000);
    if (seconds > CLOCK_TOLERANCE) say(fill(words.clock, { seconds }));
  } catch {
    // Without a network there is no time to compare with.
  }
}

addEventListener("hashchange", () => location.reload());
await start();
