/** Keeps the page at hand without a network; knocks themselves are never answered from here. */
const PAGE = "knockd-page-1";
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(PAGE).then((cache) => cache.add("./")));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode !== "navigate") return;
  event.respondWith(
    fetch(request).then(async (answer) => {
      if (answer.ok) (await caches.open(PAGE)).put("./", answer.clone());
      return answer;
    }).catch(async () => await (await caches.open(PAGE)).match("./")),
  );
});
