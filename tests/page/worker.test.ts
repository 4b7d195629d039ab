import assert from "node:assert/strict";
import { inPlaceOf } from "./in_place_of.ts";

const OLD = "the page that was served last";
const NEW = "the page as it is served now";

/** A served page's worker, and the world that it has. */
class Worker implements Disposable {
  /** What a cache has of the page. */
  kept: string | undefined = OLD;
  /** Whether something can be kept. */
  full = false;
  #answer: (event: unknown) => void = () => {};
  readonly #replaced = new DisposableStack();

  /** Loads it anew; `serve` is what its server does. */
  static async start(serve: () => Promise<Response>): Promise<Worker> {
    const worker = new Worker();
    const replace = (name: string, value: unknown) =>
      worker.#replaced.use(inPlaceOf(globalThis, name, value));
    const cache = {
      put: async (_name: string, answer: Response) => {
        if (worker.full) throw new DOMException("no room", "QuotaExceededError");
        worker.kept = await answer.text();
      },
      match: () =>
        Promise.resolve(
          worker.kept === undefined ? undefined : new Response(worker.kept),
        ),
    };
    replace("location", { href: "https://example.org/knock/worker.js" });
    const match = (_name: string, { cacheName }: MultiCacheQueryOptions = {}) =>
      cacheName === undefined
        ? Promise.resolve(new Response("what another worker has kept"))
        : cache.match();
    replace("caches", { open: () => Promise.resolve(cache), match });
    replace("fetch", serve);
    // What is waited for comes first, and no test waits.
    replace("setTimeout", (then: () => void) => {
      (async () => {
        for (let round = 0; round < 50; round++) await null;
        then();
      })();
    });
    const listen = (name: string, listener: (event: unknown) => void) => {
      if (name === "fetch") worker.#answer = listener;
    };
    replace("self", { addEventListener: listen });
    await import(`../../lib/page/worker.js?${Math.random()}`);
    return worker;
  }

  /** What a window gets that opens an address; `undefined` if the worker lets it pass. */
  async open(
    url = "https://example.org/knock/",
    mode = "navigate",
  ): Promise<string | undefined> {
    let shown: Promise<Response> | undefined;
    const after: Promise<unknown>[] = [];
    this.#answer({
      request: { url, mode },
      respondWith: (answer: Promise<Response>) => shown = answer,
      waitUntil: (work: Promise<unknown>) => after.push(work),
    });
    const text = await (await shown)?.text();
    await Promise.all(after);
    return text;
  }

  [Symbol.dispose](): void {
    this.#replaced.dispose();
  }
}

const served = (status = 200) => () => Promise.resolve(new Response(NEW, { status }));

Deno.test("the page is shown as it is served now, and kept", async () => {
  using worker = await Worker.start(served());
  assert.equal(await worker.open(), NEW);
  assert.equal(worker.kept, NEW);
});

Deno.test("an error of the page's server is shown, and not kept", async () => {
  using worker = await Worker.start(served(404));
  assert.equal(await worker.open(), NEW);
  assert.equal(worker.kept, OLD);
});

Deno.test("the page is there without a network", async () => {
  using worker = await Worker.start(() => Promise.reject(new TypeError("no network")));
  assert.equal(await worker.open(), OLD);
  worker.kept = undefined;
  await assert.rejects(worker.open(), /no network/);
});

Deno.test("a server that is silent, as behind a closed port, keeps nobody waiting", async () => {
  const answer = Promise.withResolvers<Response>();
  using worker = await Worker.start(() => answer.promise);
  const opened = worker.open();
  for (let round = 0; round < 100; round++) await null;
  answer.resolve(new Response(NEW));
  assert.equal(await opened, OLD);
  assert.equal(worker.kept, NEW, "for the next time");
});

Deno.test("a silent server is waited for where nothing was kept", async () => {
  const answer = Promise.withResolvers<Response>();
  using worker = await Worker.start(() => answer.promise);
  worker.kept = undefined;
  const opened = worker.open();
  for (let round = 0; round < 100; round++) await null;
  answer.resolve(new Response(NEW));
  assert.equal(await opened, NEW);
});

Deno.test("the page is shown as it is served now where there is no room to keep it", async () => {
  using worker = await Worker.start(served());
  worker.full = true;
  assert.equal(await worker.open(), NEW);
  assert.equal(worker.kept, OLD);
});

Deno.test("what is no page of ours is none of the worker's business", async () => {
  using worker = await Worker.start(served());
  assert.equal(await worker.open("https://example.org/knock/index.html?x"), NEW);
  assert.equal(await worker.open("https://example.org/knock/other.html"), undefined);
  assert.equal(await worker.open("https://example.org/knock/", "cors"), undefined);
});
