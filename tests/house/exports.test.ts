import assert from "node:assert/strict";
import deno from "../../deno.json" with { type: "json" };
import { moduleOf, readAll, readProgram } from "./modules.ts";

const program = await readProgram();
/** Who may need an export; a test is no reason for one. */
const users = [...program, ...await readAll("tools/"), ...await readAll("bench/")];

/** What other programs import. */
const offered = Object.values(deno.exports).map((path) => path.replace("./", ""));

Deno.test("an export is used by another file, or by other programs", () => {
  const used = new Set(
    users.flatMap(({ imports }) =>
      imports.flatMap(({ target, names }) => names.map((name) => `${target} ${name}`))
    ),
  );
  const own = program.filter(({ path }) => !offered.includes(path));
  const unused = own.flatMap(({ path, exports }) =>
    exports.filter(({ name, isType, isNamedByAnother }) =>
      !(isType && isNamedByAnother) && !used.has(`${path} ${name}`) &&
      !used.has(`${path} *`)
    ).map(({ name }) => `${path} exports ${name}`)
  );
  assert.deepEqual(unused, []);
});

Deno.test("an exported name means one thing in the whole program", () => {
  const declared = Map.groupBy(
    program.flatMap(({ path, exports }) => exports.map(({ name }) => ({ name, path }))),
    ({ name }) => name,
  );
  const twice = [...declared].filter(([, { length }]) => length > 1)
    .map(([name, places]) => `${name}: ${places.map(({ path }) => path).join(", ")}`);
  assert.deepEqual(twice, []);
});

Deno.test("imports and exports are seen in all their forms", () => {
  const { imports, packages, exports } = moduleOf(
    "lib/x.ts",
    `import { type A, b as c } from "./a.ts";
    import * as d from "../d.ts";
    import "npm";
    export { e } from "./e.ts";
    export interface F {}
    export const g = (f: F) => \`\${(await import("./h.ts")).h}\`;
    async function i() { const { j } = await import("./j.ts"); }`,
  );
  assert.deepEqual(imports, [
    { target: "lib/a.ts", names: ["A", "b"] },
    { target: "d.ts", names: ["*"] },
    { target: "lib/e.ts", names: ["e"] },
    { target: "lib/h.ts", names: ["*"] },
    { target: "lib/j.ts", names: ["j"] },
  ]);
  assert.deepEqual(packages, ["npm"]);
  assert.deepEqual(exports, [
    { name: "F", isType: true, isNamedByAnother: true },
    { name: "g", isType: false, isNamedByAnother: false },
  ]);
});
