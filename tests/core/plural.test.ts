import { equal } from "node:assert/strict";
import { plural } from "../../lib/core/plural.ts";

Deno.test("one of a thing is said as one", () => {
  equal(plural(1, "source"), "1 source");
  equal(plural(0, "source"), "0 sources");
  equal(plural(2, "address"), "2 addresses");
});
