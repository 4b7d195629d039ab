import assert from "node:assert/strict";
import { readProgram } from "./modules.ts";

const MOST_LINES = 250;
const program = await readProgram();

/** Rooms whose files have the names of what they read, describe or examine. */
const ROOMS = [
  "lib/config/toml/",
  "lib/config/classic/",
  "lib/cli/actions/",
  "lib/cli/",
  "lib/setup/manual/",
  "lib/doctor/",
  "lib/library/",
];

Deno.test(`no file is longer than ${MOST_LINES} lines`, () => {
  const long = program.map(({ path, text }) => ({ path, lines: text.split("\n").length }))
    .filter(({ lines }) => lines > MOST_LINES + 1)
    .map(({ path, lines }) => `${path} has ${lines - 1} lines`);
  assert.deepEqual(long, []);
});

/**
 * What a file's name is one of: each format reads a door in its `door.ts`, and each
 * subcommand has its options in one file, its page of the manual in another.
 */
function kind(path: string): string {
  return ROOMS.find((room) => path.startsWith(room)) ?? "";
}

Deno.test("a file's name means one thing in the whole program", () => {
  const files = program.map(({ path }) => ({ path, name: path.split("/").at(-1)! }));
  const named = Map.groupBy(files, ({ path, name }) => `${kind(path)} ${name}`);
  const twice = [...named.values()].filter(({ length }) => length > 1)
    .map((same) => same.map(({ path }) => path).join(", "));
  assert.deepEqual(twice, []);
});
