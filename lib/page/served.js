/** What a page can do that came from a server, and not from a file. */

/** Seconds that a clock may be off: a door's window is a step to either side. */
const CLOCK_TOLERANCE = 20;

const isServed = () => location.protocol.startsWith("http");

/** Has the page at hand without a network from now on. */
export function install() {
  if (isServed() && document.querySelector("link[rel=manifest]") !== null) {
    navigator.serviceWorker?.register("worker.js").catch(() => {});
  }
}

/** Compares this clock with the server's, and tells how many seconds it is off, if many. */
export async function checkClock(onWrong) {
  if (!isServed()) return;
  try {
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
    const off = (Date.now() - Date.parse(answer.headers.get("date") ?? "")) / 1000;
    // A cache on the way gives an old answer its old date, or a new one: nobody can tell.
    const age = Number(answer.headers.get("age")) || 0;
    const seconds = Math.round(Math.min(Math.abs(off), Math.abs(off - age)));
    if (seconds > CLOCK_TOLERANCE) onWrong(seconds);
  } catch {
    // Without a network there is no time to compare with.
  }
}
