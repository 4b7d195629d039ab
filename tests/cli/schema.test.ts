import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { schemaCommand } from "../../lib/cli/schema.ts";
import { runSubcommand } from "./program.ts";

const root = new URL("../../", import.meta.url);

/** The examples of knock.toml in our pages, which are indented by four spaces. */
async function examples(): Promise<string[]> {
  const pages = ["README.md"];
  for await (const { name } of Deno.readDir(new URL("docs", root))) {
    if (name.endsWith(".md")) pages.push(`docs/${name}`);
  }
  const found = await Promise.all(pages.map(async (page) => {
    const text = await Deno.readTextFile(new URL(page, root));
    const blocks = text.match(/(?:^ {4}.*\n|^\n(?= {4}))+/gm) ?? [];
    return blocks.filter((block) => /^ {4}\[(options|doors\.)/m.test(block))
      .map((block) => block.replaceAll(/^ {4}/gm, ""));
  }));
  return found.flat();
}

function parses(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with values, by a validator that others wrote; empty if nothing is. */
async function validate(schema: string, values: readonly unknown[]): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    const instances = values.map((value, i) => {
      const path = `${directory}/${i}.json`;
      Deno.writeTextFileSync(path, JSON.stringify(value));
      return ["-i", path];
    });
    const { code, stderr, stdout } = await new Deno.Command("jsonschema", {
      args: [...instances.flat(), schema],
    }).output();
    if (code === 0) return "";
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the JSON Schema takes every example of ours, and not a mistyped key", async () => {
  const { stdout } = await runSubcommand(schemaCommand(), []);
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, stdout);
    const values = (await examples()).map(parses).filter((value) => value !== undefined);
    assert.ok(values.length >= 5, `${values.length} examples`);
    assert.equal(await validate(file, values), "");
    const wrong = await validate(file, [{ doors: { ssh: { seqence: "7000" } } }]);
    assert.match(wrong, /seqence/);
  } finally {
    await Deno.remove(file);
  }
});
