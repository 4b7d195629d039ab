import assert from "node:assert/strict";
import { realMachine } from "../../lib/doctor/machine.ts";

Deno.test("programs are asked from a directory that is closed to nobody", async () => {
  const said = await realMachine().run("pwd");
  assert.deepEqual(said, { code: 0, text: "/\n" });
});
