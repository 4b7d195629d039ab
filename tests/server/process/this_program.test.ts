import assert from "node:assert/strict";
import { comeHome } from "../../../lib/server/process/this_program.ts";

for (const [was, home] of [["/home/alice", "/home/alice"], ["", undefined]] as const) {
  Deno.test(`the home that Deno was kept from is ${home} again`, () => {
    const own = Deno.env.get("HOME");
    Deno.env.set("KNOCKD_HOME", was);
    try {
      comeHome();
      assert.equal(Deno.env.get("HOME"), home);
      assert.equal(Deno.env.get("KNOCKD_HOME"), undefined);
      comeHome();
      assert.equal(Deno.env.get("HOME"), home);
    } finally {
      if (own !== undefined) Deno.env.set("HOME", own);
    }
  });
}
