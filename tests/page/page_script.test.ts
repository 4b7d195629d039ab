import assert from "node:assert/strict";
import { pageScript } from "../../tools/build/page_script.ts";

Deno.test("the page's script is what its modules make (deno task page-script)", async () => {
  const path = new URL("../../lib/page/page_script.js", import.meta.url);
  assert.equal(await Deno.readTextFile(path), await pageScript());
});
