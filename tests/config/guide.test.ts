/** The examples of docs/guide.md are configs that can be used as they stand. */
import assert from "node:assert/strict";
import { load } from "./files.ts";

const page = await Deno.readTextFile(new URL("../../docs/guide.md", import.meta.url));

for (const section of page.split("\n## ").slice(1)) {
  const [heading] = section.split("\n");
  const examples = section.match(/^ {4}.*\n(?: {4}.*\n|\n(?= {4}))*/gm) ?? [];
  const configs = examples.filter((text) => /^ {4}\[(doors|options)/m.test(text));
  configs.forEach((text, index) => {
    Deno.test(`docs/guide.md, ${heading}: config ${index + 1} has no mistake`, async () => {
      const { config, problems } = await load(text.replaceAll(/^ {4}/gm, ""));
      assert.ok(config, JSON.stringify(problems));
      assert.deepEqual(problems.filter(({ severity }) => severity === "error"), []);
    });
  });
}
