import { equal } from "node:assert/strict";
import { withSystemDirectories } from "../../lib/cli/system_path.ts";
import { outcomeOf } from "./program.ts";
import { main } from "../../lib/cli/main.ts";

Deno.test("root who came by su finds what changes a firewall, behind what was there", () => {
  const all = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
  equal(withSystemDirectories("/usr/local/bin:/usr/bin:/bin"), all);
  equal(withSystemDirectories(all), all);
  const ofRoot = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  equal(withSystemDirectories(ofRoot), ofRoot);
});

Deno.test("nothing is taken from the directory that one is in", () => {
  equal(
    withSystemDirectories(":/usr/bin::"),
    "/usr/bin:/usr/local/sbin:/usr/sbin:/sbin",
  );
});

Deno.test("what knockd starts has that PATH", async () => {
  const before = Deno.env.get("PATH") ?? "";
  try {
    Deno.env.set("PATH", "/usr/bin:/bin");
    await outcomeOf(() => main(["no-such-command"]));
    equal(Deno.env.get("PATH"), "/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin");
  } finally {
    Deno.env.set("PATH", before);
  }
});
