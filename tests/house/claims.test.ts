import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

for (const name of ["threat-model", "comparison"]) {
  Deno.test(`every claim of docs/${name}.md is shown by a test that there is`, async () => {
    await claimsAreShown(await Deno.readTextFile(new URL(`docs/${name}.md`, root)));
  });
}

async function claimsAreShown(page: string): Promise<void> {
  const [claims = "", list = ""] = page.split("\n## The tests\n");
  const items = list.trim().split(/\n(?=\d+\. )/).map((item) =>
    item.replace(/\s+/g, " ")
  );
  const shown = new Set<string>();
  for (const item of items) {
    const [, number, file, name] = /^(\d+)\. `(\S+)`: (.+)$/.exec(item) ?? [];
    assert.ok(number && file && name, `not a test: ${item}`);
    const text = await Deno.readTextFile(new URL(file, root));
    // What stands for … differs from test to test.
    for (const part of name.split("…")) {
      assert.ok(text.includes(part.trim()), `${file} has no test ${part}`);
    }
    shown.add(number);
  }
  const referred = new Set(
    [...claims.matchAll(/\[(\d+)\]/g)].map(([, number]) => number),
  );
  assert.deepEqual(referred, shown);
}
