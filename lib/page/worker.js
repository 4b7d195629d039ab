/** Keeps the page at hand without a network; knocks themselves are never answered from here. */
const PAGE = "knockd-page-2";
const FILES = ["./", "manifest.webmanifest", "icon.svg"];
/** Milliseconds for a server to answer: behind a closed port one never does. */
const PATIENCE = 3000;
/** Where it is: what else is beside it on its server is none of its business. */
const PATHS = ["./", "index.html"].map((name) => new URL(name, location.href).pathname);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(PAGE).then((cache) => cache.addAll(FILES)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { mode, url } = event.request;
  if (mode !== "navigate" || !PATHS.includes(new URL(url).pathname)) return;
  event.respondWith(newestPage(event));
});

/** The page as it is served now; the one that was served last where nothing answers. */
async function newestPage(event) {
  const served = fetch(event.request);
  // Where there is no room for it, it is shown all the same.
  event.waitUntil(served.then(keep).catch(() => {}));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([served, late]).catch(() => undefined);
  if (answer !== undefined) return answer;
  // Another worker's cache may have an older one.
  const kept = caches.match("./", { cacheName: PAGE }).catch(() => undefined);
  return await kept ?? await served;
}

async function keep(answer) {
  if (!answer.ok) return;
  const copy = answer.clone();
  const cache = await caches.open(PAGE);
  await cache.put("./", copy);
}
