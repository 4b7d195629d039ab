/** Debian's WebKit, by WebDriver, in the small browser that comes with it. */

import { Process } from "../process.ts";
import { type Driven, soon } from "./driven.ts";

/** Where Debian has the browser; its directory is named after the architecture. */
async function browser(): Promise<string> {
  for await (const { name } of Deno.readDir("/usr/lib")) {
    const program = `/usr/lib/${name}/webkit2gtk-4.1/MiniBrowser`;
    const found = await Deno.stat(program).catch(() => undefined);
    if (found?.isFile) return program;
  }
  throw new Error("webkit2gtk-driver has no MiniBrowser");
}

const PORT = 4444;

/** Starts it, on a screen of its own, with its files in a directory. */
export async function openWebKit(directory: string): Promise<Driven> {
  const screen = new Process(["Xvfb", "-displayfd", "1", "-nolisten", "tcp"]);
  const [display] = await screen.waitForLine(/^\d+$/, 120_000);
  const env = { DISPLAY: `:${display}`, HOME: directory, XDG_RUNTIME_DIR: directory };
  const driver = new Process(["WebKitWebDriver", `--port=${PORT}`, "--host=127.0.0.1"], {
    env,
  });
  const binary = await browser();
  const options = { binary, args: ["--automation"] };
  const alwaysMatch = { acceptInsecureCerts: true, "webkitgtk:browserOptions": options };
  const { sessionId } = await soon(() =>
    call("/session", { capabilities: { alwaysMatch } })
  );
  return {
    open: async (url) => {
      await call(`/session/${sessionId}/url`, { url });
    },
    run: (body) => call(`/session/${sessionId}/execute/sync`, { script: body, args: [] }),
    end: () =>
      Promise.all([driver, screen].map((started) => started.stop("SIGTERM", 2000))),
  };
}

// deno-lint-ignore no-explicit-any
async function call(path: string, body: unknown): Promise<any> {
  const url = `http://127.0.0.1:${PORT}${path}`;
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(value)}`);
  return value;
}
