import assert from "node:assert/strict";

const docs = new URL("../../docs/", import.meta.url);

Deno.test("the index of the docs names every page, and no other", async () => {
  const index = await Deno.readTextFile(new URL("README.md", docs));
  const linked = new Set(
    [...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name),
  );
  const pages = [...Deno.readDirSync(docs)].map(({ name }) => name)
    .filter((name) => name.endsWith(".md") && name !== "README.md");
  assert.deepEqual([...linked].sort(), pages.sort());
});
