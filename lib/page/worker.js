/** Keeps the page at hand without a network; knocks themselves are never answered from here. */
const PAGE = "knockd-page-2";
const FILES = ["./", "manifest.webmanifest", "icon.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(PAGE).then((cache) => cache.addAll(FILES)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(newestPage(event.request));
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
