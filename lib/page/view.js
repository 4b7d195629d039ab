/** What stands on the page, and what is said there. */

import { fill, wordsFor } from "./words.js";

const { language, words } = wordsFor(navigator.languages);

/** An element by its id. */
export const part = (id) => document.getElementById(id);

/** Says what has come of it; a screen reader reads it out. */
export function say(word, values = {}) {
  part("said").textContent = word === "" ? "" : fill(words[word], values);
}

/** Shows how many seconds are left, to who looks; 0 shows nothing. */
export function count(seconds) {
  part("left").textContent = seconds === 0 ? "" : `${seconds} s`;
}

/** Says what stands in the way, whatever is said below it later. */
export function warn(word, values = {}) {
  part("warning").textContent = fill(words[word], values);
  part("warning").hidden = false;
}

/** Shows these sections, and no other. */
export function show(...ids) {
  for (const section of document.querySelectorAll("section")) {
    section.hidden = !ids.includes(section.id);
  }
}

/** Shows a door; its key is not about to be removed. */
export function describe({ host, door, then }) {
  part("host").textContent = host;
  part("name").textContent = door;
  part("go").hidden = true;
  if (then !== undefined) part("go").href = then;
  delete part("forget").dataset.sure;
  label("forget", "forget");
}

/** One button a door, the chosen one marked. */
export function list(doors, choose) {
  for (const door of doors) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${door.door} · ${door.host}`;
    button.onclick = () => {
      for (const other of part("doors").children) {
        other.ariaPressed = `${other === button}`;
      }
      choose(door);
    };
    part("doors").append(button);
  }
  part("doors").firstElementChild.click();
}

/** Says a button's word. */
export function label(id, word) {
  part(id).textContent = words[word];
}

/** Puts the words of the browser's language where they belong. */
export function translate() {
  document.documentElement.lang = language;
  document.title = words.title;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = words[element.dataset.word];
  }
}

/** Shows the time, from now on. */
export function showTime() {
  const now = () => part("time").textContent = new Date().toLocaleTimeString(language);
  now();
  setInterval(now, 1000);
}
