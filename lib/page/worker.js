/** Keeps the page at hand without a network; knocks themselves are never answered from here. */
const PAGE = "knockd-page-2";
const FILES = ["./", "manifest.webmanifest", "icon.svg"];
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
  event.respondWith(newestPage(event.request));
});

/** The page as it is served now; the one that was served last where nothing answers. */
async function newestPage(request) {
  const cache = await caches.open(PAGE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put("./", answer.clone());
    return answer;
  } catch {
    return await cache.match("./") ?? Response.error();
  }
}
