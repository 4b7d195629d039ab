import assert from "node:assert/strict";
import { functionsOf } from "../../ffi/functions_of.ts";

const LIBRARY = "libm.so.6";

Deno.test("the functions of a library are called as soon as they are asked for", () => {
  const functions = functionsOf(LIBRARY, {
    floor: { parameters: ["f64"], result: "f64" },
    root: { name: "sqrt", parameters: ["f64"], result: "f64" },
    none: { name: "no_such_function", parameters: [], result: "i32", optional: true },
  });
  assert.equal(functions.root(9), 3);
  assert.equal(functions.root(16), 4);
  assert.equal(functions.floor(2.5), 2);
  assert.equal(functions.none, null);
});

Deno.test("a library that lacks a function is refused before one is called", () => {
  const lacking = { no_such_function: { parameters: [], result: "i32" } } as const;
  assert.throws(() => functionsOf(LIBRARY, lacking), /symbol no_such_function/);
});
