import { deepEqual } from "node:assert/strict";
import { defined } from "../../lib/core/defined.ts";

Deno.test("values that are undefined are left out, and no others", () => {
  const values = { a: undefined, b: null, c: 0, d: "", e: false };
  deepEqual(Object.entries(defined(values)), Object.entries(values).slice(1));
});
