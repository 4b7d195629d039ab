import assert from "node:assert/strict";
import { main } from "../../lib/cli/main.ts";
import { outcomeOf } from "./program.ts";

async function help(...words: string[]): Promise<string> {
  const { code, stdout } = await outcomeOf(() => main([...words, "--help"]));
  assert.equal(code, 0);
  return stdout;
}

const whole = await help();
const names = [...whole.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name]) => name!);

Deno.test("help lists the commands in groups", () => {
  const groups = [...whole.matchAll(/^(\S.*):$/gm)].map(([, group]) => group);
  assert.deepEqual(groups, [
    "Options",
    "Set up",
    "Run",
    "Ask",
    "Knock",
    "Read",
  ]);
  assert.ok(names.length > 20, names.join(" "));
});

for (const name of names.filter((name) => name !== "help" && name !== "profile")) {
  Deno.test(`help of ${name} has an example, and fits a narrow terminal`, async () => {
    const text = await help(name);
    assert.match(text, /^Examples?: ?/m);
    const long = text.split("\n").filter((line) => [...line].length > 80);
    assert.deepEqual(long, []);
  });
}

Deno.test("help fits a narrow terminal", () => {
  const long = whole.split("\n").filter((line) => [...line].length > 80);
  assert.deepEqual(long, []);
});
