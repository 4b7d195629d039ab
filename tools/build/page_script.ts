/**
 * The script of the phone's page, one file made of modules and of the library. It lies
 * beside them, so that the program runs from its sources without being built.
 */

import { run } from "../../tests/lab/process.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const SCRIPT = `${ROOT}lib/page/page_script.js`;
const HEAD =
  "// Made by `deno task page-script` of lib/page/main.js and what it imports.\n";

/** What the script has to be. */
export async function pageScript(): Promise<string> {
  const flags = ["--quiet", "--platform", "browser", "lib/page/main.js"];
  const argv = [Deno.execPath(), "bundle", ...flags];
  const { stdout } = await run(argv, { cwd: ROOT, timeout: 120_000 });
  return HEAD + withoutPlaces(stdout);
}

/** Writes it, where it has changed. */
export async function writePageScript(): Promise<void> {
  const script = await pageScript();
  if (script !== await Deno.readTextFile(SCRIPT).catch(() => "")) {
    await Deno.writeTextFile(SCRIPT, script);
  }
}

/** The same text wherever it was made: comments name files, some of them in Deno's cache. */
function withoutPlaces(text: string): string {
  return text.replaceAll(/^\/\/ \S*\/npm\/[^/\s]+\/(\S+)$/gm, "// $1");
}
