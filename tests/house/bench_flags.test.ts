import assert from "node:assert/strict";
import { V8_FLAGS } from "../../tools/permissions.ts";
import { root } from "./modules.ts";

Deno.test("benchmarks in our own process have the engine's flags of the executable", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  assert.ok(tasks.bench.command.includes(` ${V8_FLAGS} `), tasks.bench.command);
});
