import assert from "node:assert/strict";
import { type Node, readProgram, visit } from "./modules.ts";

/** The world, and what waits: nothing of it is for the core. */
const WORLD = new Set([
  ...["Deno", "performance", "console", "process", "globalThis", "fetch"],
  ...["setTimeout", "setInterval", "queueMicrotask", "WebSocket", "Worker"],
]);

/** What a text uses that only the shell around the core may touch. */
function impurities(path: string, text: string): string[] {
  const found: string[] = [];
  const isAsync = (node: Node) => node["async"] && found.push("async");
  visit(path, text, {
    Identifier: (node) => {
      if (WORLD.has(node["name"]) && !isKey(node)) found.push(node["name"]);
    },
    MemberExpression: ({ object, property }) => {
      const name = `${object["name"]}.${property["name"]}`;
      if (name === "Date.now" || name === "Math.random") found.push(name);
    },
    NewExpression: ({ callee, arguments: given }) => {
      if (callee["name"] === "Date" && given.length === 0) found.push("new Date()");
    },
    CallExpression: ({ callee }) => {
      if (callee["name"] === "Date") found.push("Date()");
    },
    AwaitExpression: () => found.push("await"),
    ForOfStatement: (node) => node["await"] && found.push("await"),
    FunctionDeclaration: isAsync,
    FunctionExpression: isAsync,
    ArrowFunctionExpression: isAsync,
    ImportExpression: () => found.push("import()"),
    ImportDeclaration: ({ source }) => {
      if (source["value"].startsWith("node:")) found.push(source["value"]);
    },
  });
  return found;
}

/** Whether a name is that of a property, and no variable. */
function isKey(node: Node): boolean {
  const { parent } = node;
  if (parent?.type === "MemberExpression") {
    return parent["property"] === node && !parent["computed"];
  }
  return parent?.["key"] === node && !parent?.["shorthand"];
}

Deno.test("the core touches no world, no clock and never waits", async () => {
  const core = (await readProgram()).filter(({ path }) => path.startsWith("lib/core/"));
  assert.ok(core.length > 0);
  const wrong = core.flatMap(({ path, text }) =>
    impurities(path, text).map((what) => `${path} uses ${what}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("what touches the world is seen wherever it stands", () => {
  const rows: [string, string[], string][] = [
    ["`at ${Date.now()}`", ["Date.now"], "within a template"],
    ["`${`${Deno.pid}`}`", ["Deno"], "within a template within another"],
    ["x`${await y}`", ["await"], "within a tagged template"],
    ["'a' + /[`\"]/.source + new Date()", ["new Date()"], "behind a regular expression"],
    ["const f = { async g() {} }", ["async"], "a method that waits"],
    ["import 'node:fs'", ["node:fs"], "node's own modules"],
    ["`Deno.pid` // Deno.pid", [], "a text and a comment"],
    ["a.process + { fetch: 1 }.fetch + new Date(0)", [], "names of properties"],
  ];
  for (const [text, expected, why] of rows) {
    assert.deepEqual(impurities("x.ts", text), expected, why);
  }
});
