import assert from "node:assert/strict";

/** What a table says of our program and of knockd 0.8, by the figure's name. */
async function figuresOf(page: string, theirs: number): Promise<Map<string, string>> {
  const text = await Deno.readTextFile(new URL(`../../${page}`, import.meta.url));
  const rows = text.split("\n").filter((line) => /^\|.*\d.*\|$/.test(line)).map((line) =>
    line.split("|").map((cell) => cell.trim())
  );
  return new Map(rows.map((cells) => [cells[1]!, `${cells[2]} | ${cells[theirs]}`]));
}

Deno.test("every figure of the README is that of docs/benchmarks.md", async () => {
  const all = await figuresOf("docs/benchmarks.md", 4);
  const shown = [...await figuresOf("README.md", 3)].filter(([name]) =>
    !/^\d$/.test(name)
  );
  assert.ok(shown.length > 0);
  for (const [name, figures] of shown) assert.equal(all.get(name), figures, name);
});
