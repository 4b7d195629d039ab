import assert from "node:assert/strict";
import { adviceOn } from "../../lib/config/judge/door_advice.ts";
import { load } from "../config/files.ts";

const root = new URL("../../", import.meta.url);

/** The doors that a page shows, of which its other lines make no config. */
const doorsOf = (page: string) =>
  [...page.matchAll(/^ {4}\[doors\.\w+\]\n(?: {4}.*\n)+/gm)].map(([text]) =>
    text.replaceAll(/^ {4}/gm, "")
  );

Deno.test("no door of the README or of docs is one that check advises against", async () => {
  const pages = [...Deno.readDirSync(new URL("docs/", root))]
    .filter(({ name }) => name.endsWith(".md")).map(({ name }) => `docs/${name}`);
  let judged = 0;
  for (const page of ["README.md", ...pages]) {
    for (const text of doorsOf(await Deno.readTextFile(new URL(page, root)))) {
      const { config } = await load(text);
      // Some are parts of a config.
      if (config === undefined) continue;
      judged++;
      assert.deepEqual(adviceOn(config.doors), [], `${page}: ${text}`);
    }
  }
  assert.ok(judged > 15, `${judged}`);
});
