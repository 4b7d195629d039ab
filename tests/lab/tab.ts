/** A page in one of three engines on a host, as somebody sees and touches it. */

import { Browser } from "./browser.ts";
import { TextLineStream } from "./browse/lines.ts";
import { type Host, waitFor } from "./net.ts";

/** The engines, by Debian's browsers that have them. */
export const ENGINES = ["chromium", "firefox", "webkit"] as const;
/** One of them. */
export type Engine = typeof ENGINES[number];

/** How long something may take to be seen. */
const PATIENCE = 60_000;

/** One window. */
export class Tab implements AsyncDisposable {
  readonly #driven: Hands;

  private constructor(driven: Hands) {
    this.#driven = driven;
  }

  /** Starts a browser on a host. */
  static async start(host: Host, engine: Engine, language = "en"): Promise<Tab> {
    // A browser gives up what it is loading when the host has got one more address.
    const tentative = ["ip", "-6", "address", "show", "tentative"];
    await waitFor(async () => (await host.run(tentative)).stdout === "", PATIENCE);
    const own = engine === "chromium";
    return new Tab(
      await (own ? playwright(host, language) : driven(host, engine, language)),
    );
  }

  /** Opens an address. */
  async open(url: string): Promise<void> {
    await this.#driven.open(url);
  }

  /** Runs a function's body in the page. */
  async run(body: string): Promise<unknown> {
    return await this.#driven.run(body);
  }

  /** Waits until an element is seen, and touches it. */
  async tap(id: string): Promise<void> {
    await this.seen(id);
    await this.run(`document.getElementById("${id}").click();`);
  }

  /** Waits until an element is seen; gives its text. */
  async seen(id: string, text = /./): Promise<string> {
    let shown: unknown;
    const body = `const found = document.getElementById("${id}");
      return found?.checkVisibility() && !found.disabled ? found.textContent : "";`;
    await waitFor(
      async () => text.test(`${shown = await this.run(body)}`),
      PATIENCE,
      () => `#${id} is ${JSON.stringify(shown)}, not ${text}`,
    );
    return `${shown}`;
  }

  /** Waits until the window is at an address. */
  async waitForAddress(url: string): Promise<void> {
    let address: unknown;
    await waitFor(
      async () => url === (address = await this.#address()),
      PATIENCE,
      () => `at ${address}, not ${url}`,
    );
  }

  /** Between two pages a window has none. */
  async #address(): Promise<unknown> {
    return await this.run("return location.href;").catch(() => "no page");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driven.end();
  }
}

interface Hands {
  open(url: string): Promise<unknown>;
  run(body: string): Promise<unknown>;
  end(): Promise<void>;
}

async function playwright(host: Host, language: string): Promise<Hands> {
  const browser = await Browser.start(host, language);
  let page: Awaited<ReturnType<Browser["open"]>> | undefined;
  return {
    open: async (url) => {
      await page?.close();
      page = await browser.open(url);
    },
    run: (body) => page!.evaluate(`(() => {${body}})()`),
    end: () => browser[Symbol.asyncDispose](),
  };
}

/** Firefox and WebKit are spoken to over TCP: who does that has to be on their host. */
async function driven(host: Host, engine: Engine, language: string): Promise<Hands> {
  const directory = await Deno.makeTempDir({ prefix: "knockd-browser-" });
  const main = new URL("./browse/main.ts", import.meta.url).pathname;
  const deno = [Deno.execPath(), "run", "--quiet", "--allow-all", "--no-check", main];
  const program = new Deno.Command("ip", {
    args: ["netns", "exec", host.namespace, ...deno, engine, directory, language],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const answers = program.stdout
    .pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  const orders = program.stdin.getWriter();
  const answer = async () => {
    const { value: line } = await answers.read();
    const { value, error } = JSON.parse(line ?? '{ "error": "the browser ended" }');
    if (error !== undefined) throw new Error(`${engine}: ${error}`);
    return value;
  };
  const order = async (what: Record<string, string>) => {
    await orders.write(new TextEncoder().encode(`${JSON.stringify(what)}\n`));
    return await answer();
  };
  await answer();
  return {
    open: (url) => order({ open: url }),
    run: (body) => order({ run: body }),
    end: async () => {
      await orders.close();
      await answers.cancel();
      await program.status;
      await host.stop();
      await Deno.remove(directory, { recursive: true });
    },
  };
}
