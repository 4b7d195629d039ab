/**
 * A browser on this host: takes a line of JSON, `{ "open": URL }` or `{ "run": BODY }`, and
 * answers with one, `{ "value" }` or `{ "error" }`. Arguments: ENGINE DIRECTORY LANGUAGE.
 */

import { TextLineStream } from "./lines.ts";
import { openFirefox } from "./firefox.ts";
import { openWebKit } from "./webkit.ts";

const [engine, directory = "", language = "en"] = Deno.args;
const browser = engine === "firefox"
  ? await openFirefox(directory, language)
  : await openWebKit(directory);

async function obey({ open, run }: { open?: string; run?: string }) {
  try {
    if (open !== undefined) return { value: await browser.open(open) };
    return { value: await browser.run(run ?? "") };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

console.log(JSON.stringify({ value: "ready" }));
const lines = Deno.stdin.readable
  .pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
for await (const line of lines) console.log(JSON.stringify(await obey(JSON.parse(line))));
await browser.end();
Deno.exit(0);
