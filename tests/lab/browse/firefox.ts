/** Debian's Firefox, by WebDriver BiDi. */

import { Process } from "../process.ts";
import type { Driven } from "./driven.ts";

/** Starts it with a profile of its own in a directory; `profile` sets what else it has to. */
export async function openFirefox(directory: string, language: string): Promise<Driven> {
  await Deno.writeTextFile(`${directory}/user.js`, preferences(language));
  const argv = ["firefox-esr", "--headless", "--no-remote", "--profile", directory];
  const env = { HOME: directory, XDG_RUNTIME_DIR: directory };
  const firefox = new Process([...argv, "--remote-debugging-port=0"], { env });
  const [, url] = await firefox.waitForLine(/BiDi listening on (ws:\S+)/, 120_000);
  const call = await connect(`${url}/session`);
  await call("session.new", {
    capabilities: { alwaysMatch: { acceptInsecureCerts: true } },
  });
  const { contexts } = await call("browsingContext.getTree", {});
  const { context } = contexts[0];
  return {
    open: async (url) => {
      await call("browsingContext.navigate", { context, url, wait: "complete" });
    },
    run: async (body) => {
      const functionDeclaration =
        `async () => JSON.stringify(await (async () => {${body}})())`;
      const target = { context };
      const parameters = { functionDeclaration, target, awaitPromise: true };
      const { result, exceptionDetails } = await call("script.callFunction", parameters);
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
      return result.value === undefined ? undefined : JSON.parse(result.value);
    },
    end: () => firefox.stop("SIGKILL"),
  };
}

/** What keeps it from asking anybody for anything. */
function preferences(language: string): string {
  const preferences = {
    "intl.accept_languages": language,
    "app.normandy.enabled": false,
    "browser.safebrowsing.downloads.remote.enabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "services.settings.server": "",
    "toolkit.telemetry.server": "",
  };
  return Object.entries(preferences)
    .map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`).join("");
}

/** What one method answers is known to whoever calls it. */
// deno-lint-ignore no-explicit-any
type Call = (method: string, params: Record<string, unknown>) => Promise<any>;

async function connect(url: string): Promise<Call> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  socket.onmessage = ({ data }) => {
    const { type, id, result, message } = JSON.parse(data);
    if (type === "success") waiting.get(id)?.resolve(result);
    if (type === "error") waiting.get(id)?.reject(new Error(message));
  };
  let id = 0;
  return (method, params) => {
    const answer = Promise.withResolvers<unknown>();
    waiting.set(++id, answer);
    socket.send(JSON.stringify({ id, method, params }));
    return answer.promise;
  };
}
