import assert from "node:assert/strict";
import { isTarget, TARGETS } from "../../tools/build/target.ts";

Deno.test("an executable can be made for whatever deno compile knows", async () => {
  const argv = ["compile", "--target", "none", "main.ts"];
  const { stderr } = await new Deno.Command(Deno.execPath(), { args: argv }).output();
  const [, known] = new TextDecoder().decode(stderr).match(/possible values: (.*)/)!;
  assert.deepEqual(TARGETS.toSorted(), known!.split(", ").toSorted());
  assert.ok(TARGETS.every(isTarget));
  for (const other of ["", "none", "toString", undefined]) assert.ok(!isTarget(other));
});
