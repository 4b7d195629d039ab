import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);
const docs = new URL("docs/", root);

Deno.test("the index of the docs names every page, and no other", async () => {
  const index = await Deno.readTextFile(new URL("README.md", docs));
  const linked = new Set(
    [...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name),
  );
  const pages = [...Deno.readDirSync(docs)].map(({ name }) => name)
    .filter((name) => name.endsWith(".md") && name !== "README.md");
  assert.deepEqual([...linked].sort(), pages.sort());
});

Deno.test("files of the source that a page names are there", async () => {
  const pages = [...Deno.readDirSync(docs)].map(({ name }) => `docs/${name}`);
  const names = [
    "README.md",
    "CONTRIBUTING.md",
    ...pages.filter((name) => /md$/.test(name)),
  ];
  for (const name of names) {
    const text = await Deno.readTextFile(new URL(name, root));
    for (const [, path = ""] of text.matchAll(NAMED)) {
      assert.ok(await isThere(path), `${name} names ${path}`);
    }
  }
});

/** A path of the source, and not of a machine. */
const NAMED = /(?<![\w/.])((?:tests|tools|bench|contrib|lib)\/[\w/*-]+(?:\.\w+)*)/g;

/** `*` stands for some of a name. */
async function isThere(path: string): Promise<boolean> {
  const [, directory = "", name = ""] = /^(.*?)\/?([^/]*)$/.exec(path) ?? [];
  const pattern = new RegExp(`^${name.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
  for await (const entry of Deno.readDir(new URL(directory, root))) {
    if (name === "" || pattern.test(entry.name)) return true;
  }
  return false;
}
