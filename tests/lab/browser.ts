/** Debian's Chromium on a host, as a phone's browser. */

import { type BrowserContext, chromium, type Page } from "playwright-core";
import type { Host } from "./net.ts";

/** What keeps the browser from asking anybody for anything. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-sync",
  "--no-first-run",
  "--disable-features=LocalNetworkAccessChecks,WebRtcHideLocalIpsWithMdns",
  "--ignore-certificate-errors",
];

/** A browser with a profile of its own; it ends when it is disposed of. */
export class Browser implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly #directory: string;

  private constructor(context: BrowserContext, directory: string) {
    this.#context = context;
    this.#directory = directory;
  }

  /** Starts it on a host. */
  static async start(host: Host, locale = "en-US"): Promise<Browser> {
    const directory = await Deno.makeTempDir({ prefix: "knockd-browser-" });
    const program = `${directory}/chromium`;
    await Deno.writeTextFile(
      program,
      `#!/bin/sh\nexec ip netns exec ${host.namespace} /usr/bin/chromium "$@"\n`,
      { mode: 0o755 },
    );
    const context = await chromium.launchPersistentContext(`${directory}/profile`, {
      executablePath: program,
      args: QUIET,
      locale,
      viewport: { width: 360, height: 640 },
    });
    return new Browser(context, directory);
  }

  /** Opens a page. A network just made has addresses that settle: the first try may fail. */
  async open(url: string): Promise<Page> {
    const page = await this.#context.newPage();
    for (let tries = 5;; tries--) {
      try {
        await page.goto(url);
        return page;
      } catch (error) {
        if (tries === 0 || !`${error}`.includes("ERR_NETWORK_CHANGED")) throw error;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    await Deno.remove(this.#directory, { recursive: true });
  }
}
